// A program in an address: behind the `#`, which no server sees. Deflated, then base64url.

export interface Shared {
  readonly code?: string;
  /** A file of `examples`, or a program of the playground's own. */
  readonly example?: string;
  readonly pace?: number;
  readonly seed?: number;
}

export async function toHash({ code, example, pace, seed }: Shared): Promise<string> {
  const parts = [
    example === undefined ? '' : `example=${encodeURIComponent(example)}`,
    code === undefined
      ? ''
      : `code=${base64url(await piped(new TextEncoder().encode(code), new CompressionStream('deflate-raw')))}`,
    pace === undefined ? '' : `pace=${pace}`,
    seed === undefined ? '' : `seed=${seed}`,
  ];
  return `#${parts.filter((part) => part !== '').join('&')}`;
}

/** What is not as it should be counts as not there. */
export async function fromHash(hash: string): Promise<Shared> {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const number = (name: string): Partial<Record<string, number>> => {
    const value = Number(given.get(name) ?? NaN);
    return Number.isFinite(value) ? { [name]: value } : {};
  };
  const example = given.get('example');
  const packed = given.get('code');
  let code: string | null = null;
  if (packed !== null) {
    try {
      const bytes = await piped(bytesOf(packed), new DecompressionStream('deflate-raw'));
      code = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      code = null;
    }
  }
  return { ...(code !== null && { code }), ...(example !== null && { example }), ...number('pace'), ...number('seed') };
}

async function piped(
  bytes: Uint8Array<ArrayBuffer>,
  through: ReadableWritablePair<Uint8Array, BufferSource>,
): Promise<Uint8Array> {
  const out = new Blob([bytes])
    .stream()
    .pipeThrough(through as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>);
  return new Uint8Array(await new Response(out as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

function base64url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}
