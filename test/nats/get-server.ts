// A NATS server to test with: Debian's, unpacked into a cache and not installed. No npm package ships one.
//
//   NATS_SERVER=/path/to/nats-server    takes that one
//   RXSLUICE_CACHE=/some/folder         keeps the servers there; default: the user's cache folder
//
// `tsx test/nats/get-server.ts [suite]` gets it and prints its path.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian 12's (2.9.10) is not safe; 13's (2.10.27) is the oldest that is, alone; unstable's may be part of a cluster, too. */
export type Suite = 'bookworm' | 'trixie' | 'sid';

export interface Server {
  readonly path: string;
  readonly version: string;
}

/** The server, from wherever it can be had. Rejects with the reason if there is none to be had. */
export async function getServer(suite: Suite = 'trixie'): Promise<Server> {
  const given = process.env.NATS_SERVER;
  if (given !== undefined && suite !== 'bookworm') return { path: given, version: await versionOf(given) };
  const home = join(cache(), suite);
  const path = join(home, 'usr/sbin/nats-server');
  if (!existsSync(path)) await unpack(suite, home);
  return { path, version: await versionOf(path) };
}

function cache(): string {
  const { RXSLUICE_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  return join(own ?? join(xdg ?? join(homedir(), '.cache'), 'rxsluice'), 'nats-server');
}

async function versionOf(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version']);
  const version = /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${path} does not say its version: ${stdout}`);
  return version;
}

/** Beside `home` first: two may be at it at once, and one may be killed. */
async function unpack(suite: Suite, home: string): Promise<void> {
  await mkdir(cache(), { recursive: true });
  const work = await mkdtemp(join(cache(), `${suite}-`));
  try {
    const apt = await ownApt(suite, work);
    await run('apt-get', [...apt, '-q', 'update'], { timeout: 300_000 });
    await run('apt-get', [...apt, '-q', 'download', 'nats-server'], { cwd: work, timeout: 300_000 });
    const file = (await readdir(work)).find((name) => name.endsWith('.deb'));
    if (file === undefined) throw new Error('apt-get has downloaded nothing');
    const unpacked = join(work, 'unpacked');
    await run('dpkg', ['-x', join(work, file), unpacked]);
    await versionOf(join(unpacked, 'usr/sbin/nats-server'));
    await rename(unpacked, home).catch((error: unknown) => {
      if (!existsSync(join(home, 'usr/sbin/nats-server'))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** An apt with directories of its own, which reads the machine's mirror and keys and touches nothing of its. */
async function ownApt(suite: Suite, work: string): Promise<string[]> {
  const lists = join(work, 'lists');
  const archives = join(work, 'cache');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(archives, 'archives/partial'), { recursive: true });
  const sources = join(work, 'sources.list');
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const signed = existsSync(keys) ? `[signed-by=${keys}] ` : '';
  await writeFile(sources, `deb ${signed}${await mirror()} ${suite} main\n`);
  return [
    ...['-o', `Dir::State::Lists=${lists}`],
    ...['-o', `Dir::Cache=${archives}`],
    ...['-o', `Dir::Etc::SourceList=${sources}`],
    ...['-o', 'Dir::Etc::SourceParts=/dev/null'],
    ...['-o', 'APT::Sandbox::User=root'],
  ];
}

/** What the machine's own apt is told to use for Debian. */
async function mirror(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder) ? (await readdir(folder)).map((name) => join(folder, name)) : [];
  for (const file of ['/etc/apt/sources.list', ...files]) {
    if (!existsSync(file)) continue;
    const text = await readFile(file, 'utf8');
    const url = /^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(\S+\/debian)\/?(?:\s|$)/m.exec(text)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('this machine has no apt that knows Debian');
}

if (process.argv[1] === import.meta.filename) {
  const { path, version } = await getServer((process.argv[2] ?? 'trixie') as Suite);
  console.log(`${path} (${version})`);
}
