// A network that can fail, between a client and a server.

import { createServer, connect as dial, type Server, type Socket } from 'node:net';

export class Proxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #dark = false;

  static async to(port: number): Promise<Proxy> {
    const proxy = new Proxy(port);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const server = dial(port, '127.0.0.1');
      const pair = [client, server] as const;
      this.#pairs.add(pair);
      this.#pass(client, server, pair);
      this.#pass(server, client, pair);
    });
  }

  #pass(from: Socket, to: Socket, pair: readonly [Socket, Socket]): void {
    if (this.#dark) from.pause();
    // What comes while it is dark is held back, not lost, as a network does until it gives up.
    from.on('data', (chunk) => {
      to.write(chunk);
      if (this.#dark) from.pause();
    });
    const end = (): void => {
      this.#pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    from.on('error', end);
    from.on('close', end);
  }

  get url(): string {
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** Nothing goes through, and nobody is told. */
  blackhole(): void {
    this.#dark = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  heal(): void {
    this.#dark = false;
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  /** All connections end. */
  cut(): void {
    for (const pair of [...this.#pairs]) for (const socket of pair) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
