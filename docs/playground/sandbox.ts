// Where a program runs: in a worker, inside of a frame that may run scripts and do nothing else. The frame has an origin of its
// own, so it sees nothing of the page; its content policy has no source but the worker that it makes itself, so nothing leaves it.
// Import maps do not work in such a frame: what a program imports is one bundle, which is handed in as text.
//
//   page    kit, run, stop  ─►  frame   makes a worker for each run; ends it when told to, or when it is late
//           ready, ended    ◄─

/** What came of a run. All of it is text from an untrusted side: it is shown, and never interpreted. */
export type Ended =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'broken'; readonly message: string; readonly line: number }
  | { readonly kind: 'late' | 'stopped' };

export interface Result {
  readonly frames: number;
  readonly svg: string;
  readonly output: readonly { readonly frame: number; readonly text: string; readonly isError: boolean }[];
  readonly error: { readonly message: string; readonly line: number | null } | null;
  readonly note: string | null;
}

export interface Order {
  /** The program's text, which comes before the kit, and what sets both going, which comes behind. */
  readonly program: string;
  readonly start: string;
  /** Milliseconds after which it is ended. */
  readonly patience: number;
}

const INSIDE = `
let kit = '', worker = null, timer = 0, current = 0;
const tell = (message) => parent.postMessage(message, '*');
const end = () => { clearTimeout(timer); if (worker) worker.terminate(); worker = null; };
addEventListener('message', ({ source, data }) => {
  if (source !== parent) return;
  if (data.kind === 'kit') { kit = data.text; tell({ kind: 'ready' }); return; }
  if (data.kind === 'stop') { if (worker) { end(); tell({ kind: 'stopped', id: current }); } return; }
  end();
  const id = (current = data.id);
  const ended = (message) => { if (id === current && worker) { end(); tell({ ...message, id }); } };
  const url = URL.createObjectURL(new Blob([data.program, kit, data.start], { type: 'text/javascript' }));
  worker = new Worker(url);
  worker.onmessage = (event) => ended({ kind: 'done', result: event.data });
  worker.onerror = (event) => { event.preventDefault(); ended({ kind: 'broken', message: event.message, line: event.lineno }); };
  timer = setTimeout(() => ended({ kind: 'late' }), data.patience);
  setTimeout(() => URL.revokeObjectURL(url), 1000);
});`;

function page(): string {
  const nonce = crypto.randomUUID();
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; worker-src blob:`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sandbox</title><meta http-equiv="Content-Security-Policy" content="${policy}"></head><body><script nonce="${nonce}">${INSIDE}</script></body></html>`;
}

export class Sandbox {
  readonly #frame: HTMLIFrameElement;
  readonly #ready: Promise<void>;
  #id = 0;
  #waiting: { id: number; ended: (how: Ended) => void } | null = null;

  constructor(home: HTMLElement, kit: string) {
    this.#frame = document.createElement('iframe');
    this.#frame.setAttribute('sandbox', 'allow-scripts');
    this.#frame.title = 'Sandbox';
    this.#frame.style.display = 'none';
    this.#frame.srcdoc = page();
    this.#ready = new Promise((resolve) => {
      this.#heard = (data) => {
        if (data.kind === 'ready') resolve();
        else if (this.#waiting !== null && this.#waiting.id === data.id) {
          const { ended } = this.#waiting;
          this.#waiting = null;
          ended(data as unknown as Ended);
        }
      };
    });
    addEventListener('message', this.#listen);
    this.#frame.addEventListener('load', () => this.#tell({ kind: 'kit', text: kit }));
    home.append(this.#frame);
  }

  #heard: (data: { kind?: unknown; id?: unknown }) => void = () => undefined;

  readonly #listen = ({ source, data }: MessageEvent): void => {
    if (source === this.#frame.contentWindow && typeof data === 'object' && data !== null) this.#heard(data as object);
  };

  #tell(message: object): void {
    // The frame's origin is opaque, and has no name.
    this.#frame.contentWindow?.postMessage(message, '*');
  }

  /** Runs a program. The one before it, if it has not ended, is given up, and never ends. */
  async run(order: Order): Promise<Ended> {
    const id = ++this.#id;
    await this.#ready;
    return new Promise((ended) => {
      if (id !== this.#id) return;
      this.#waiting = { id, ended };
      this.#tell({ kind: 'run', id, ...order });
    });
  }

  stop(): void {
    this.#tell({ kind: 'stop' });
  }

  remove(): void {
    removeEventListener('message', this.#listen);
    this.#frame.remove();
  }
}
