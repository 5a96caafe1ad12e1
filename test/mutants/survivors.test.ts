import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explained, type Mutant, parse, print, score, without } from './survivors.ts';

const root = join(import.meta.dirname, '../..');
const rooms = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.md'))
  .map((name) => name.slice(0, -'.md'.length));

describe('the explanations of mutants that survive', () => {
  it.each(rooms)('of %s are of lines that are there', (room) => {
    const gone = explained(room).filter(({ file, line }) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n');
      return !lines.some((one) => one.trim() === line);
    });
    expect(gone).toEqual([]);
  });

  it('are read in the form in which those to be explained are printed', () => {
    const mutants: Mutant[] = [
      { file: 'src/a.ts', line: 'if (a || b) {', change: 'a || b → true' },
      { file: 'src/a.ts', line: 'if (a || b) {', change: 'a → false' },
      { file: 'src/a.ts', line: 'return;', change: 'return; → ' },
      { file: 'src/b.ts', line: 'return;', change: 'return; → ' },
    ];
    expect(parse(print(mutants))).toEqual(mutants.map((mutant) => ({ ...mutant, change: mutant.change.trim() })));
  });

  it('are held against the report, where what is ignored or fails to compile does not count', () => {
    const location = { start: { line: 2, column: 7 }, end: { line: 2, column: 12 } };
    const report = {
      files: {
        'src/a.ts': {
          source: 'a;\n  if (a < b) c();\n',
          mutants: [
            { status: 'Killed', replacement: 'true', location },
            { status: 'Timeout', replacement: 'false', location },
            { status: 'Survived', replacement: 'a <= b', location },
            { status: 'NoCoverage', replacement: 'a >= b', location },
            { status: 'Ignored', replacement: '""', location },
            { status: 'CompileError', replacement: '', location },
          ],
        },
      },
    };
    const line = 'if (a < b) c();';
    const [first, second] = ['a < b → a <= b', 'a < b → a >= b'].map((change) => ({ file: 'src/a.ts', line, change }));
    const result = score(report);
    expect(result).toEqual({ mutants: 4, dead: 2, survivors: [first, second] });
    expect(without(result.survivors, [first as Mutant])).toEqual([second]);
  });
});
