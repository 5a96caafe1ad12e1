// The built package as its users load it: by name, as ESM and as CommonJS. (A package may import itself by its name.)

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What `program` writes as JSON, run by a Node of its own. */
function run(kind: 'module' | 'commonjs', program: string): unknown {
  const out = execFileSync(process.execPath, [`--input-type=${kind}`, '-e', program], { cwd: root, encoding: 'utf8' });
  return JSON.parse(out);
}

const show = (expression: string): string => `console.log(JSON.stringify(${expression}));`;

describe.each(['rxsluice', 'rxsluice/testing'])('the entry %s', (entry) => {
  it('exports the same names to import and to require', () => {
    const imported = run('module', `import * as all from '${entry}'; ${show('Object.keys(all).sort()')}`);
    const required = run('commonjs', `const all = require('${entry}'); ${show('Object.keys(all).sort()')}`);
    expect(imported).not.toEqual([]);
    expect(required).toEqual(imported);
  });

  it('does nothing when loaded: no timer, no handle and no global is left', () => {
    const program = `
      const globals = Object.getOwnPropertyNames(globalThis).length;
      await import('rxjs'); await import('rxjs/testing');
      await import('${entry}');
      const resources = process.getActiveResourcesInfo().filter((kind) => /Timeout|Immediate|Port/.test(kind));
      ${show('[resources, Object.getOwnPropertyNames(globalThis).length - globals]')}
    `;
    expect(run('module', program)).toEqual([[], 0]);
  });
});

describe('the package', () => {
  it('has one peer and no other dependency at run time', () => {
    const { dependencies = {}, peerDependencies } = run('commonjs', show(`require('./package.json')`)) as {
      dependencies?: object;
      peerDependencies: object;
    };
    expect({ dependencies, peerDependencies }).toEqual({ dependencies: {}, peerDependencies: { rxjs: '^7.8.0' } });
  });
});
