// Whether what was told of a register can be true: is there an order of all requests, in which each takes effect at one moment
// between being asked and being answered, that explains every answer, and every state that was observed?
//
// A search for that order, front to back: only a request can be next that was asked before any other left over was answered.
// What was tried in vain (the same requests done, in the same state, having shown as many states) is not tried again.
// After Wing and Gong, Testing and verifying concurrent objects; the memory of failures is Lowe's.

/** What is asked of a register. `update` adds, and answers the new state; `modify` replaces, and answers the old one. */
export type Asked =
  | { readonly do: 'read' }
  | { readonly do: 'write'; readonly to: number }
  | { readonly do: 'update'; readonly by: number }
  | { readonly do: 'modify'; readonly to: number }
  | { readonly do: 'compareAndSet'; readonly from: number; readonly to: number };

export type Answer =
  /** It took effect, and this is what was said. */
  | { readonly is: 'told'; readonly value: number | boolean }
  /** It took effect, and nobody was told what. */
  | { readonly is: 'done' }
  /** Nobody knows: the history ends before it does. */
  | { readonly is: 'open' }
  /** It must not have had any effect. */
  | { readonly is: 'failed' | 'withdrawn' };

export interface Call {
  readonly name: string;
  readonly asked: Asked;
  /** When it was asked, and answered: numbers that grow. Infinity: it was not answered. */
  readonly since: number;
  until: number;
  answer: Answer;
}

/** The sequential register: the next state, and the answer. */
export function perform(state: number, asked: Asked): readonly [next: number, answer: number | boolean] {
  switch (asked.do) {
    case 'read':
      return [state, state];
    case 'write':
      return [asked.to, asked.to];
    case 'update':
      return [state + asked.by, state + asked.by];
    case 'modify':
      return [asked.to, state];
    case 'compareAndSet':
      return state === asked.from ? [asked.to, true] : [state, false];
  }
}

/** The names of the calls in an order that explains all; null: there is none. `states`: the first one, and each change. */
export function explain(
  calls: readonly Call[],
  states: readonly [number, ...number[]],
  all: 'observed' | 'some' = 'observed',
): string[] | null {
  // What had no effect is no part of it: that it changed nothing is what the others must be explained without.
  const known = calls.filter(({ answer }) => answer.is !== 'failed' && answer.is !== 'withdrawn');
  const vain = new Set<string>();
  const order: string[] = [];

  function search(left: readonly Call[], state: number, shown: number): boolean {
    if (left.every(({ answer }) => answer.is === 'open') && (all === 'some' || shown === states.length)) return true;
    const key = `${left.map(({ name }) => name).join()} ${state} ${shown}`;
    if (vain.has(key)) return false;
    const deadline = Math.min(...left.map(({ until }) => until));
    for (const call of left) {
      if (call.since > deadline) continue;
      const [next, answer] = perform(state, call.asked);
      if (call.answer.is === 'told' && call.answer.value !== answer) continue;
      const changed = next !== state;
      if (changed && all === 'observed' && states[shown] !== next) continue;
      order.push(call.name);
      if (search(left.filter((other) => other !== call), next, changed ? shown + 1 : shown)) return true; // prettier-ignore
      order.pop();
    }
    vain.add(key);
    return false;
  }

  return search(known, states[0], 1) ? order : null;
}
