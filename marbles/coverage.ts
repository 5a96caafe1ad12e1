// What needs a spec, derived from the public API: every exported function, and every method of an exported class, that
// returns an Observable (an operation, a channel, a task) or an operator.

import ts from 'typescript';

/** Sorted: `sleep`, `Channel.send`. A method that several classes share is named by the class that has it first. */
export function waitable(entry: string): string[] {
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    // Without those of the DOM, which take a second to read: nothing of it is an Observable.
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    allowImportingTsExtensions: true,
    strict: true,
    noEmit: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  if (!module) throw new Error(`${entry} exports nothing`);
  const symbols = checker.getExportsOfModule(module).map((symbol) => original(checker, symbol));
  const classes = symbols.filter(({ flags }) => flags & ts.SymbolFlags.Class);
  const functions = symbols.filter((symbol) => symbol.flags & ts.SymbolFlags.Function && returns(checker, symbol));
  return [
    ...functions.map(({ name }) => name),
    ...classes.flatMap((symbol) => methods(checker, symbol, classes)),
  ].sort();
}

function original(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function methods(checker: ts.TypeChecker, owner: ts.Symbol, exported: readonly ts.Symbol[]): string[] {
  const ours = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(owner)).filter((method) => {
    const { valueDeclaration: declaration } = method;
    if (!declaration || !ts.isMethodDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return false;
    if (declaration.getSourceFile().fileName.includes('node_modules')) return false;
    const hidden = ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected);
    const internal = ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'internal');
    return !hidden && !internal && returns(checker, method);
  });
  // Inherited from another exported class: shown there.
  const own = ours.filter((method) => {
    const home = (method as ts.Symbol & { parent?: ts.Symbol }).parent;
    return home === undefined || home === owner || !exported.includes(home);
  });
  return own.map(({ name }) => `${owner.name}.${name}`);
}

function returns(checker: ts.TypeChecker, callable: ts.Symbol): boolean {
  const [declaration] = callable.declarations ?? [];
  if (!declaration) return false;
  const signatures = checker.getTypeOfSymbolAtLocation(callable, declaration).getCallSignatures();
  return signatures.some((signature) => {
    const type = signature.getReturnType();
    // An operator: a function that makes an Observable.
    const made = type.getCallSignatures().map((made) => made.getReturnType());
    return [type, ...made].some((type) => isObservable(checker, type));
  });
}

function isObservable(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (!type.isClassOrInterface() && !isReference(type)) return false;
  if (type.symbol.name === 'Observable') return true;
  return checker.getBaseTypes(isReference(type) ? type.target : type).some((base) => isObservable(checker, base));
}

/** `Channel<number>`, whose bases are those of `Channel<T>`. */
function isReference(type: ts.Type): type is ts.TypeReference {
  return (
    (type.flags & ts.TypeFlags.Object) !== 0 && ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0
  );
}
