// The house rules of `src`, read from the syntax tree of each file: what may import what, and who may touch time.
//
//   1. Every folder of `src` is a room on a floor. A file imports from its own room and from floors below, types included; from
//      the room next door only where that is named here.
//   2. Nothing imports an entry point (`index.ts`); the root one re-exports and does nothing else.
//   3. From outside come `rxjs` and, where a room says so, more.
//   4. Timers, clocks, chance and promises are used in the files that are named here and nowhere else, except on the floors
//      above `operators`, which face a platform or a test runner.

import ts from 'typescript';

/** From the ground up; rooms on one line are siblings and do not see each other. */
const FLOORS: readonly (readonly string[])[] = [
  ['base'],
  ['core'],
  ['channel', 'select', 'task', 'sync'],
  ['queue', 'broadcast', 'state'],
  ['operators', 'engine'],
  ['testing'],
  ['inspect', 'node', 'worker', 'nats', 'angular'],
];

/** What a room has a window to, on its own floor: `dumpOn` of `node` prints what `inspect` sees. A bundle without it is without that. */
const WINDOWS: Readonly<Record<string, string>> = { node: 'inspect' };

/** What a room may import from outside, besides `rxjs`. */
const OUTSIDE: Readonly<Record<string, RegExp>> = {
  testing: /^rxjs\/testing$/,
  node: /^node:/,
  angular: /^@angular\/core$/,
  nats: /^@nats-io\/(nats-core|jetstream)$/,
};

/** The rooms that may use time, chance and promises anywhere. */
const FREE = new Set(['testing', 'node', 'worker', 'nats', 'angular']);

/** Everywhere else: in these files only. */
const DOORS = {
  time: new Set(['core/clock.ts', 'inspect/show-in-devtools.ts', 'inspect/panel/frames.ts']),
  chance: new Set<string>(),
  // The panel waits to see whether it is only moved.
  promise: new Set(['core/promise.ts', 'inspect/panel/panel.ts']),
};

const FORBIDDEN: Readonly<Record<keyof typeof DOORS, ReadonlySet<string>>> = {
  time: new Set([
    ...['setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame', 'requestIdleCallback', 'MessageChannel'],
    ...['Date', 'performance', 'asyncScheduler', 'asapScheduler', 'queueScheduler', 'animationFrameScheduler'],
    ...['timer', 'interval'],
  ]),
  chance: new Set(['Math.random', 'crypto']),
  promise: new Set(['Promise', 'queueMicrotask', 'firstValueFrom', 'lastValueFrom']),
};

/** Every breach of the rules in `sources`, which maps paths below `src` to their text. */
export function breaches(sources: ReadonlyMap<string, string>): string[] {
  return [...sources].flatMap(([path, text]) => {
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
    return [
      ...unknownRoom(path),
      ...importsOf(file).flatMap((specifier) => badImport(path, specifier)),
      ...(path === 'index.ts' ? notReExport(file) : []),
      ...badUse(path, file),
    ].map((breach) => `${path}: ${breach}`);
  });
}

function roomOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

function unknownRoom(path: string): string[] {
  if (path === 'index.ts' || floorOf(roomOf(path)) >= 0) return [];
  return [roomOf(path) ? `the room ${roomOf(path)} is on no floor` : 'only index.ts stands outside of the rooms'];
}

function badImport(path: string, specifier: string): string[] {
  if (!specifier.startsWith('.')) {
    const allowed = specifier === 'rxjs' || OUTSIDE[roomOf(path)]?.test(specifier);
    return allowed ? [] : [`imports ${specifier} from outside`];
  }
  const target = resolve(path, specifier);
  if (/(^|\/)index\.ts$/.test(target)) return [`imports the entry point ${target}`];
  const [from, to] = [roomOf(path), roomOf(target)];
  if (from === to || WINDOWS[from] === to) return [];
  // The root entry stands above everything but the entries beside it.
  const height = path === 'index.ts' ? floorOf('testing') : floorOf(from);
  return floorOf(to) >= 0 && floorOf(to) < height ? [] : [`imports ${target}, which is not below`];
}

function resolve(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}

/** Where a file looks: `import`, `export … from`, `import()`, `import('…').Type`, `require`. */
function importsOf(file: ts.SourceFile): string[] {
  const found: string[] = [];
  visit(file, (node) => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteralLike(specifier)) found.push(specifier.text);
  });
  return found;
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const loads =
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require');
  return loads ? node.arguments[0] : undefined;
}

function notReExport(file: ts.SourceFile): string[] {
  return file.statements
    .filter((statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier))
    .filter((statement) => statement.getText() !== 'export {};')
    .map((statement) => `does more than re-export, line ${lineOf(statement)}`);
}

function badUse(path: string, file: ts.SourceFile): string[] {
  if (FREE.has(roomOf(path))) return [];
  const own = declaredIn(file);
  const kinds = (Object.keys(DOORS) as (keyof typeof DOORS)[]).filter((kind) => !DOORS[kind].has(path));
  const found: string[] = [];
  visit(file, (node) => {
    for (const kind of kinds) {
      if (uses(node, kind, own)) found.push(`uses ${kind} outside of its door, line ${lineOf(node)}`);
    }
  });
  return found;
}

function uses(node: ts.Node, kind: keyof typeof DOORS, own: ReadonlySet<string>): boolean {
  if (kind === 'promise' && isAsync(node)) return true;
  const names = FORBIDDEN[kind];
  if (ts.isPropertyAccessExpression(node)) {
    return names.has(node.getText()) || (node.expression.getText() === 'globalThis' && names.has(node.name.text));
  }
  return ts.isIdentifier(node) && names.has(node.text) && !own.has(node.text) && isValue(node);
}

function isAsync(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
  return ts.canHaveModifiers(node) && !!node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
}

/** Whether `name` stands for a value: not for a type, and not for a member of that name. */
function isValue(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isImportSpecifier(parent)) return !ts.isTypeOnlyImportDeclaration(parent);
  if (ts.isPartOfTypeNode(name) || ts.isTypeQueryNode(parent)) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === name;
  return (
    !(ts.isClassElement(parent) || ts.isTypeElement(parent) || ts.isPropertyAssignment(parent)) || parent.name !== name
  );
}

/** The variables, parameters, functions and classes of a file, which hide a global of the same name. */
function declaredIn(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  visit(file, (node) => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node);
    if (declares && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
  });
  return names;
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => {
    visit(child, look);
  });
}

function lineOf(node: ts.Node): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return `${line + 1}: ${file.text.split('\n')[line]?.trim() ?? ''}`;
}
