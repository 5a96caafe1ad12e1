// From a request to the part of the server that answers it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Coroutine } from 'rxsluice';
import { fromReadable } from 'rxsluice/node';
import type { Control } from './control.ts';

/** What a handler is given. */
export interface Ask {
  readonly url: URL;
  /** What the path has where the pattern has `:name`. */
  readonly params: Readonly<Record<string, string>>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Returns what is sent as JSON; undefined: nothing, or it has written the response itself. */
export type Handler = (ask: Ask) => Coroutine<unknown>;

/** A part of the API: what is below `/api/<area>`. */
export interface Area {
  readonly name: string;
  /** By method and path: `PUT /api/docs/:id`. */
  readonly routes: Readonly<Record<string, Handler>>;
  /** Milliseconds that an answer takes, unless it is told otherwise. */
  readonly delay?: number;
  /** All as it was in the beginning. */
  reset?(): void;
}

/** Thrown by a handler: the answer is `status`, and why. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Served = (request: IncomingMessage, response: ServerResponse) => Coroutine<unknown>;

export function router(control: Control, pages: (ask: Ask) => Coroutine<unknown>): Served {
  const routes = control.areas.flatMap((area) =>
    Object.entries(area.routes).map(([pattern, handler]) => ({ area, match: matcher(pattern), handler })),
  );
  return function* (request, response) {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const base = { url, request, response, params: {} };
    if (!url.pathname.startsWith('/api/')) return yield* pages(base);
    try {
      if (url.pathname === '/api/control') return send(response, 200, yield* control.handle(base));
      for (const { area, match, handler } of routes) {
        const params = match(request.method ?? 'GET', url.pathname);
        if (params === null) continue;
        const answer = yield* control.around(area, base, handler({ ...base, params }));
        return send(response, 200, answer);
      }
      throw new Refusal(404, 'There is no such thing');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(response, error.status, { message: error.message });
    }
  };
}

function matcher(pattern: string): (method: string, path: string) => Record<string, string> | null {
  const [verb, path = ''] = pattern.split(' ');
  const form = new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
  return (method, given) => {
    const found = method === verb ? form.exec(given) : null;
    if (found === null) return null;
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return Object.fromEntries(params) as Record<string, string>;
  };
}

function send(response: ServerResponse, status: number, answer: unknown): void {
  if (response.headersSent) return;
  response.writeHead(answer === undefined ? 204 : status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(answer === undefined ? undefined : JSON.stringify(answer));
}

/** All that the client has sent. */
export function* bytesOf({ request }: Ask): Coroutine<Buffer> {
  const parts: Buffer[] = [];
  const body = fromReadable<Buffer>(request);
  for (;;) {
    const part = yield* body.receiveResult();
    if (!part.ok) return Buffer.concat(parts);
    parts.push(part.value);
  }
}

/** The same, as JSON. */
export function* jsonOf<T>(ask: Ask): Coroutine<Partial<T>> {
  const text = (yield* bytesOf(ask)).toString();
  try {
    return (JSON.parse(text || '{}') ?? {}) as Partial<T>;
  } catch {
    throw new Refusal(400, 'That is no JSON');
  }
}
