// Servers that run while a test does: each in a folder of its own, on ports of its own, which it keeps when it is started again.
//
// They die with the test, however that ends: a shell holds the server and the reading end of a pipe from this process; when the
// pipe breaks, because this process is gone, the shell kills the server.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { getServer, type Suite } from './get-server.ts';

export interface ServerOptions {
  readonly suite?: Suite;
  /** More of its configuration. */
  readonly config?: string;
  /** Of a cluster. */
  readonly cluster?: {
    readonly name: string;
    readonly server: string;
    readonly port: number;
    readonly routes: readonly number[];
  };
  readonly jetstream?: boolean;
}

const GUARD = [
  '"$@" & server=$!',
  '(cat > /dev/null; kill -9 $server) <&3 & guard=$!',
  'trap "" TERM INT; echo $server; wait $server; kill -9 $guard',
].join('\n');

export class NatsServer {
  readonly #path: string;
  readonly #folder: string;
  readonly #options: ServerOptions;
  #port = -1;
  #webPort = -1;
  #shell: ChildProcess | null = null;
  #pid = 0;

  static async start(options: ServerOptions = {}): Promise<NatsServer> {
    const { path } = await getServer(options.suite);
    const folder = await mkdtemp(join(tmpdir(), 'rxsluice-nats-'));
    const server = new NatsServer(path, folder, options);
    await server.start();
    return server;
  }

  constructor(path: string, folder: string, options: ServerOptions) {
    this.#path = path;
    this.#folder = folder;
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }
  get url(): string {
    return `127.0.0.1:${this.#port}`;
  }
  get webUrl(): string {
    return `ws://127.0.0.1:${this.#webPort}`;
  }
  get pid(): number {
    return this.#pid;
  }

  /** Starts it, or starts it again: on the same ports, with the same store. */
  async start(): Promise<void> {
    const ports = join(this.#folder, 'ports');
    await rm(ports, { recursive: true, force: true });
    await mkdir(ports, { recursive: true });
    const config = join(this.#folder, 'server.conf');
    await writeFile(config, this.#configuration(ports));
    const shell = spawn('sh', ['-c', GUARD, 'sh', this.#path, '-c', config], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '' },
    });
    this.#shell = shell;
    let log = '';
    shell.stderr?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
    this.#pid = Number(await new Promise((resolve) => shell.stdout?.once('data', resolve)));
    shell.unref();
    await this.#ready(ports, () => log);
  }

  #configuration(ports: string): string {
    const { cluster, config = '', jetstream = true } = this.#options;
    const store = JSON.stringify(join(this.#folder, 'store'));
    return [
      'host: 127.0.0.1',
      `port: ${this.#port}`,
      `websocket { host: 127.0.0.1, port: ${this.#webPort}, no_tls: true }`,
      `ports_file_dir: ${JSON.stringify(ports)}`,
      ...(jetstream ? [`jetstream { store_dir: ${store}, max_file_store: 4GB, max_memory_store: 1GB }`] : []),
      ...(cluster === undefined ? [] : [
        `server_name: ${cluster.server}`,
        `cluster { name: ${cluster.name}, host: 127.0.0.1, port: ${cluster.port}, routes: [${cluster.routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ')}] }`,
      ]),
      config,
    ].join('\n'); // prettier-ignore
  }

  /** The server writes the ports that it got. */
  async #ready(ports: string, log: () => string): Promise<void> {
    for (let i = 0; i < 1000; i++) {
      const [file] = existsSync(ports) ? await readdir(ports) : [];
      if (file !== undefined) {
        try {
          const text = await readFile(join(ports, file), 'utf8');
          const { nats, websocket } = JSON.parse(text) as { nats: string[]; websocket?: string[] };
          this.#port = Number(new URL(nats[0] as string).port);
          this.#webPort = Number(new URL(websocket?.[0] ?? 'ws://x:0').port);
          return;
        } catch {
          // It is being written.
        }
      }
      if (this.#shell?.exitCode != null) break;
      await pause(10);
    }
    throw new Error(`the server did not start:\n${log()}`);
  }

  /** Ends it at once, as a crash does. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const shell = this.#shell;
    if (shell === null) return;
    this.#shell = null;
    const ended = shell.exitCode !== null ? Promise.resolve() : new Promise((resolve) => shell.once('exit', resolve));
    try {
      process.kill(this.#pid, signal);
    } catch {
      // It has ended by itself.
    }
    await ended;
    shell.stdio[3]?.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.#pid, signal);
  }

  /** Ends it, and forgets what it had. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Three servers that know each other. */
export async function startCluster(suite: Suite = 'sid'): Promise<readonly NatsServer[]> {
  const ports = await freePorts(3);
  return Promise.all(
    ports.map((port, i) =>
      NatsServer.start({
        suite,
        cluster: { name: 'c', server: `s${i}`, port, routes: ports.filter((other) => other !== port) },
      }),
    ),
  );
}

async function freePorts(count: number): Promise<number[]> {
  const { createServer } = await import('node:net');
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
