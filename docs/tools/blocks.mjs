// Compiles every code block of the pages and of the README against the built package.
//
// A block that shows a file of `examples` is that file (`test/examples.test.ts` holds it), and the file is compiled. Any other `ts`
// block is compiled as a module of its own, strictly. It may leave imports out: a name that it does not declare is imported
//
//   1. from `docs/preludes/PAGE.ts`, if that exports it: what the block's text takes for granted, `Photo`, `upload`;
//   2. from an entry of rxsluice;
//   3. from rxjs.
//
// The examples in the comments of `src` have to parse.
//
// A block that waits (`yield*`) outside of any function is the body of a coroutine. Behind `ts` a mark may say
//
//   members   it is of members of a class, which extends `Host` if the prelude exports one
//   partial   it is not whole, on purpose: it has to parse, and no more
//   before    it is for packages that are not installed here, on the pages of migration: so it has to parse, and no more

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { blocksOf } from './markdown.mjs';
import { fromRoot, pages, read, root } from './pages.mjs';
import { entries } from './reference.mjs';

const TYPESCRIPT = ['ts', 'typescript'];
const MARKS = ['members', 'partial', 'before'];
/** Compiled by compilers of their own, with what only they install. */
const APART = ['examples/nestjs/', 'examples/angular/'];

const published = Object.fromEntries(entries().map(({ entry, types }) => [entry, types]));

function compilerOptions() {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  config.compilerOptions.paths = Object.fromEntries(Object.entries(published).map(([entry, path]) => [entry, [path]]));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const loose = { noUnusedLocals: false, noUnusedParameters: false, noUncheckedIndexedAccess: false };
  return { ...options, ...loose, erasableSyntaxOnly: false, experimentalDecorators: true, configFilePath: undefined };
}

/** The names that a module exports, by the compiler. */
function exportsOf(paths, options) {
  const program = ts.createProgram(paths, options);
  const checker = program.getTypeChecker();
  return paths.map((path) => {
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(path));
    return new Set(symbol === undefined ? [] : checker.getExportsOfModule(symbol).map(({ name }) => name));
  });
}

const parse = (code) => ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);

/** Every name that stands in a block, and those that it declares at its top. */
function namesIn(code) {
  const used = new Set();
  const declared = new Set();
  const file = parse(code);
  const declare = (node) => {
    if (ts.isIdentifier(node)) declared.add(node.text);
    else if (node.elements) for (const element of node.elements) if (element.name) declare(element.name);
  };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) for (const { name } of statement.declarationList.declarations) declare(name);
    else if (ts.isImportDeclaration(statement)) {
      const { name, namedBindings } = statement.importClause ?? {};
      for (const one of [name, ...(namedBindings?.elements ?? []).map((element) => element.name), namedBindings?.name])
        if (one) declare(one);
    } else if (statement.name && ts.isIdentifier(statement.name)) declare(statement.name);
  }
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
      const isKey = (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name === node;
      if (!isMember && !isKey) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { used, declared };
}

/** A block as a module: what comes before its first line, and what behind its last. */
function wrapped(block, sources) {
  const isMembers = block.marks.includes('members');
  const hasHost = sources[0]?.names.has('Host');
  let [before, after] = ['', ''];
  if (isMembers) [before, after] = [`class Members${hasHost ? ' extends Host' : ''} {`, '}'];
  // What is imported stays at the top.
  const whole = `${before}\n${block.code}\n${after}`;
  const { used, declared } = namesIn(isMembers ? whole : block.code);
  let { code } = block;
  if (!isMembers && used.has('yield')) {
    const imports = parse(code).statements.filter(ts.isImportDeclaration);
    const at = imports.at(-1)?.end ?? 0;
    code = `${code.slice(0, at)} export function* body() {${code.slice(at)}`;
    after = '}';
  }
  const lines = [];
  for (const name of used) {
    const source = declared.has(name) ? undefined : sources.find(({ names }) => names.has(name));
    if (source !== undefined) lines.push(`import { ${name} } from '${source.from}';`);
  }
  return { text: `${lines.join(' ')} ${before}\n${code}\n${after}\nexport {};\n`, offset: 1 };
}

/**
 * The examples in the comments of `src`, which the reference shows: fenced or not. What
 * they take for granted is declared nowhere: they have to parse.
 */
function examplesInSource() {
  const found = [];
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    const page = `src/${name.replaceAll('\\', '/')}`;
    if (!page.endsWith('.ts')) continue;
    const text = read(page);
    for (const { 0: all, 1: example, index } of text.matchAll(/^ *\* @example *\n((?: *\*(?!\/| @).*\n)+)/gm)) {
      const lines = example
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^ *\* ?/, ''));
      const first = lines.findIndex((line) => line.startsWith('```'));
      const last = lines.findIndex((line, i) => i > first && line.startsWith('```'));
      const code = first < 0 ? lines : lines.slice(first + 1, last);
      const language = first < 0 ? 'ts' : lines[first].slice(3);
      const line = text.slice(0, index + all.indexOf(example)).split('\n').length + first + 1;
      found.push({
        page,
        language: language.split(' ')[0],
        marks: ['partial'],
        code: code.join('\n'),
        line,
        file: null,
      });
    }
  }
  return found;
}

/** @returns what is wrong, a line each: `docs/queues.md:95: …`; how many blocks were compiled, and how many only parsed */
export function checkBlocks() {
  const options = { ...compilerOptions(), verbatimModuleSyntax: false, isolatedModules: false };
  const sources = ['README.md', ...pages().map(({ source }) => source)];
  const all = sources.flatMap((page) => blocksOf(read(page)).map((block) => ({ ...block, page })));
  all.push(...examplesInSource());
  const faults = [];
  const mine = [];
  const files = new Set();
  for (const block of all) {
    const at = `${block.page}:${block.line}`;
    const unknown = block.marks.filter((mark) => !MARKS.includes(mark) && !/^[{:]/.test(mark));
    if (TYPESCRIPT.includes(block.language) && unknown.length > 0)
      faults.push(`${at}: there is no mark '${unknown.join(' ')}'; there are ${MARKS.join(' and ')}`);
    if (block.file !== null && block.file.endsWith('.ts') && !APART.some((folder) => block.file.startsWith(folder)))
      files.add(join(root, block.file));
    if (block.file === null && TYPESCRIPT.includes(block.language)) mine.push(block);
    if (block.language === 'json') {
      try {
        JSON.parse(block.code);
      } catch (error) {
        faults.push(`${at}: ${error.message}`);
      }
    }
  }

  const preludeOf = (page) => join(root, 'docs/preludes', page.replace(/^docs\//, '').replace(/\.md$/, '.ts'));
  const preludes = [...new Set(mine.map(({ page }) => preludeOf(page)))].filter((path) => existsSync(path));
  const rxjs = join(root, 'node_modules/rxjs/dist/types/index.d.ts');
  const modules = [...preludes, ...Object.values(published), rxjs];
  const names = new Map(exportsOf(modules, options).map((set, i) => [modules[i], set]));
  const library = Object.entries(published).map(([entry, path]) => ({ from: entry, names: names.get(path) }));

  const virtual = new Map();
  for (const block of mine) {
    const at = `${block.page}:${block.line}`;
    const prelude = preludeOf(block.page);
    const own = names.has(prelude) ? [{ from: prelude, names: names.get(prelude) }] : [];
    const { text, offset } = wrapped(block, [...own, ...library, { from: 'rxjs', names: names.get(rxjs) }]);
    const path = join(root, 'docs/.blocks', `${at.replace(/[^\w.]/g, '-')}.ts`);
    if (block.marks.includes('partial') || block.marks.includes('before')) {
      const { parseDiagnostics } = parse(block.code);
      for (const { messageText } of parseDiagnostics)
        faults.push(`${at}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
    } else virtual.set(path, { block, text, offset });
  }

  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => virtual.has(path) || fileExists(path);
  host.readFile = (path) => virtual.get(path)?.text ?? readFile(path);
  host.getSourceFile = (path, ...rest) =>
    virtual.has(path)
      ? ts.createSourceFile(path, virtual.get(path).text, rest[0], true)
      : getSourceFile.call(host, path, ...rest);
  const program = ts.createProgram([...virtual.keys(), ...files, ...preludes], options, host);
  for (const file of program.getSourceFiles()) {
    const isOurs = virtual.has(file.fileName) || files.has(file.fileName) || preludes.includes(file.fileName);
    if (!isOurs) continue;
    for (const { start = 0, messageText } of [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]) {
      const { line } = file.getLineAndCharacterOfPosition(start);
      const of = virtual.get(file.fileName);
      const where = of
        ? `${of.block.page}:${of.block.line + line - of.offset}`
        : `${fromRoot(file.fileName)}:${line + 1}`;
      faults.push(`${where}: ${ts.flattenDiagnosticMessageText(messageText, '\n  ')}`);
    }
  }
  return { faults, count: virtual.size + files.size, parsed: mine.length - virtual.size };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { faults, count, parsed } = checkBlocks();
  for (const fault of faults) console.error(fault);
  console.log(`${count} blocks compiled, ${parsed} parsed, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
