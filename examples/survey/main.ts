// Surveys text files: npm run demo [-- PATH…]. See `USAGE` in command-line.ts, and survey.ts for how it is done.

import { constants } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deferred } from 'rxsluice';
import { readCommandLine, USAGE, UsageError } from './command-line.ts';
import { asJson, asTable, reportOf } from './report.ts';
import { showStages } from './stages.ts';
import { survey } from './survey.ts';

type Signal = 'SIGINT' | 'SIGTERM';

const OWN_MODULES = relative('', fileURLToPath(new URL('../../node_modules', import.meta.url)));
const OWN = { paths: [OWN_MODULES], wanted: (name: string) => name.endsWith('.d.ts') };

/** Prints what it found; the exit code. */
async function main(): Promise<number> {
  const { paths, json, progress, help } = await readCommandLine(process.argv.slice(2));
  if (help) {
    print(USAGE);
    return 0;
  }
  const stop = deferred<Signal>();
  // Listened to until the end, not only once: a terminal and npm may both send it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.resolve(signal));

  const terminal = process.stderr.isTTY;
  const stages = terminal || progress ? showStages(terminal ? 'terminal' : 'lines') : null;
  const started = performance.now();
  try {
    const result = await survey({ ...(paths.length === 0 ? OWN : { paths }), stop, watcher: stages?.show }).promise();
    stages?.stop();
    const report = reportOf(result, (performance.now() - started) / 1000);
    print(json ? asJson(report) : asTable(report));
    return result.interrupted ? 128 + constants.signals[stop.result()] : 0;
  } finally {
    stages?.stop();
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read it has read enough: `npm run demo | head -3`.
  if (error.code !== 'EPIPE') throw error;
});

main().then(
  (code) => {
    // A disk that does not answer must not hold up who has pressed Ctrl-C.
    process.stdout.end(() => process.exit(code));
  },
  (error: unknown) => {
    const usage = error instanceof UsageError;
    console.error(usage ? `survey: ${error.message.replaceAll('\n', '\nsurvey: ')}\nsurvey: --help tells more` : error);
    process.exit(usage ? 2 : 1);
  },
);
