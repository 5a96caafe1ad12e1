// The public API of the built package as text: what each entry exports, sorted, without comments, formatted as the
// sources are. Types that the exports mention and that no entry exports follow at the end, for they are part of what a user
// sees. File names do not occur, so that it does not matter how the bundler cuts its chunks.

import { format } from 'prettier';
import ts from 'typescript';

/** `entries` maps the name under which an entry is imported to its declaration file. */
export async function describeApi(entries: Readonly<Record<string, string>>): Promise<string> {
  const program = ts.createProgram(Object.values(entries), {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    // Names of the language and of the DOM are only printed: nobody looks them up.
    noLib: true,
  });
  const checker = program.getTypeChecker();
  const exported = Object.entries(entries).map(([name, path]) => ({
    name,
    symbols: exportsOf(checker, program, path),
  }));
  const known = new Set(exported.flatMap(({ symbols }) => [...symbols.values()]));
  const sections = exported.map(({ name, symbols }) => section(name, symbols));
  const hidden = mentioned(checker, program, known);
  if (hidden.size) sections.push(section('mentioned, not exported', hidden));
  return format(sections.join('\n'), { parser: 'typescript', singleQuote: true, printWidth: 120 });
}

type Symbols = ReadonlyMap<string, ts.Symbol>;

function exportsOf(checker: ts.TypeChecker, program: ts.Program, path: string): Symbols {
  const file = program.getSourceFile(path);
  const module = file && checker.getSymbolAtLocation(file);
  if (!module) throw new Error(`${path} does not exist or exports nothing`);
  return new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, original(checker, symbol)]));
}

function original(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** What the declarations of `known` mention of our own files, and what those mention, and so on. */
function mentioned(checker: ts.TypeChecker, program: ts.Program, known: ReadonlySet<ts.Symbol>): Symbols {
  const found = new Map<string, ts.Symbol>();
  const ours = (node: ts.Node): boolean =>
    !program.isSourceFileFromExternalLibrary(node.getSourceFile()) && !isLib(node);
  const isLib = (node: ts.Node): boolean => program.isSourceFileDefaultLibrary(node.getSourceFile());
  const look = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const at = checker.getSymbolAtLocation(node);
      const symbol = at && original(checker, at);
      const declared = symbol?.declarations?.filter((declaration) => isTopLevel(declaration) && ours(declaration));
      if (symbol && declared?.length && !known.has(symbol) && !found.has(symbol.name)) {
        found.set(symbol.name, symbol);
        declared.forEach(look);
      }
    }
    ts.forEachChild(node, look);
  };
  for (const symbol of known) symbol.declarations?.forEach(look);
  return found;
}

function isTopLevel(declaration: ts.Declaration): boolean {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return ts.isSourceFile(statement.parent) && !ts.isSourceFile(statement);
}

function section(title: string, symbols: Symbols): string {
  const names = [...symbols.keys()].sort();
  const texts = names.map((name) => (symbols.get(name)?.declarations ?? []).map(print).join('\n'));
  return [`// ${title}`, ...texts, ''].join('\n\n');
}

const printer = ts.createPrinter({ removeComments: true });

function print(declaration: ts.Declaration): string {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const plain = withoutModifiers(statement);
  return printer.printNode(ts.EmitHint.Unspecified, plain, statement.getSourceFile());
}

/** Without `export` and `declare`, which depend on how the bundler cut, and with the members that a user sees, sorted. */
function withoutModifiers(node: ts.Node): ts.Node {
  const dropped = new Set([ts.SyntaxKind.ExportKeyword, ts.SyntaxKind.DeclareKeyword]);
  const f = ts.factory;
  if (ts.isClassDeclaration(node)) {
    const kept = node.modifiers?.filter(({ kind }) => !dropped.has(kind));
    const members = sorted(node.members.filter((member) => !isPrivate(member)));
    return f.updateClassDeclaration(node, kept, node.name, node.typeParameters, node.heritageClauses, members);
  }
  if (ts.isInterfaceDeclaration(node)) {
    return f.updateInterfaceDeclaration(
      node,
      [],
      node.name,
      node.typeParameters,
      node.heritageClauses,
      sorted(node.members),
    );
  }
  if (ts.isFunctionDeclaration(node)) {
    const { asteriskToken, name, typeParameters, parameters, type, body } = node;
    return f.updateFunctionDeclaration(node, [], asteriskToken, name, typeParameters, parameters, type, body);
  }
  if (ts.isTypeAliasDeclaration(node)) {
    return f.updateTypeAliasDeclaration(node, [], node.name, node.typeParameters, node.type);
  }
  if (ts.isVariableStatement(node)) return f.updateVariableStatement(node, [], node.declarationList);
  throw new Error(`a kind of export that the API text does not know: ${ts.SyntaxKind[node.kind]}`);
}

function isPrivate(member: ts.ClassElement): boolean {
  if (member.name && ts.isPrivateIdentifier(member.name)) return true;
  return ts.canHaveModifiers(member) && !!member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
}

/** By name; the order of overloads, which matters, is kept. */
function sorted<M extends ts.ClassElement | ts.TypeElement>(members: readonly M[]): M[] {
  const key = (member: M): string => member.name?.getText() ?? '';
  return [...members].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
