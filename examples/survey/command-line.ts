import { lstat } from 'node:fs/promises';
import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run demo [-- [options] PATH…]

Counts the lines, words and identifiers of files, and of all files below folders.
Without a PATH: of every .d.ts file below this repository's own node_modules.

  --json        print the result as JSON
  --progress    show the progress even if the error output is no terminal, as lines
  --help        print this

Lines and words are counted as by wc, and any bytes are taken for UTF-8 text. An identifier is what has the shape of one,
keywords and words of comments included. In a folder, links to files are read and links to folders are not followed.

Ctrl-C ends the survey early; what was counted until then is printed.

Exit code: 0, also if some files could not be read (the result lists them); 1 after an error of the program itself;
2 if the command line is wrong or a PATH does not exist; 130 after Ctrl-C, 143 after SIGTERM.
`;

export interface CommandLine {
  readonly paths: readonly string[];
  readonly json: boolean;
  readonly progress: boolean;
  readonly help: boolean;
}

/** The command line is wrong; the message says how. */
export class UsageError extends Error {}

export async function readCommandLine(args: readonly string[]): Promise<CommandLine> {
  const { values, positionals: paths } = parse(args);
  const missing: string[] = [];
  for (const path of paths) if (!(await exists(path))) missing.push(path);
  if (missing.length > 0) throw new UsageError(missing.map((path) => `no such file or folder: ${path}`).join('\n'));
  return { paths, json: values.json, progress: values.progress, help: values.help };
}

type Parsed = ReturnType<typeof parseStrictly>;

function parse(args: readonly string[]): Parsed {
  try {
    return parseStrictly(args);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parseStrictly(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      progress: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

/** A link that leads nowhere exists: it is a file that cannot be read. */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}
