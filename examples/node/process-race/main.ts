// The exit of a process and the ends of its pipes come in any order. Twenty times, nothing is missing.

import { main, ProcessError, run } from 'rxsluice/node';

const program = `
  process.stdout.write('o'.repeat(200_000));
  process.stderr.write('e'.repeat(200_000));
  process.exitCode = 7;
`;

void main(function* () {
  const seen = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const { code, stdout, stderr } = yield* run(process.execPath, ['-e', program], { check: false });
    seen.add(`code ${code}, ${stdout.length} bytes of stdout, ${stderr.length} of stderr`);
  }
  console.log([...seen]);

  try {
    yield* run('sh', ['-c', 'echo "no such thing" >&2; exit 3']);
  } catch (error) {
    if (error instanceof ProcessError) console.log(error.message);
  }
});
