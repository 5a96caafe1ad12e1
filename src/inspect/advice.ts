// What a finding says: what is wrong, with the names and the numbers, and what to do.

import type { Finding } from './inspector.ts';
import type { LeaseRecord } from './leases.ts';

/** `1 500 ms`, or `2.5 ms`. */
export function ms(time: number): string {
  const rounded = time < 10 ? Math.round(time * 10) / 10 : Math.round(time);
  return `${grouped(rounded)} ms`;
}

export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
}

export function slowStep(task: string, took: number, limit: number): Finding {
  return {
    kind: 'slowStep',
    message:
      `${task} has run for ${ms(took)} without a yield* (slowStep: ${ms(limit)}); nothing else could run meanwhile. ` +
      'Do less between two waits, let others run by yield* sleep(0), or move the work to a worker.',
    task,
    place: null,
  };
}

export function longWait(task: string | null, what: string, place: string | null, limit: number): Finding {
  return {
    kind: 'longWait',
    message:
      `${task ?? 'an observer'} has waited for more than ${ms(limit)} (longWait): ${what}. ` +
      'Look who was to serve it; if nobody may come, give the wait a withTimeout.',
    task,
    place,
  };
}

export function fullBuffer(place: string, text: string, limit: number): Finding {
  return {
    kind: 'longWait',
    message:
      `${place} has been full for more than ${ms(limit)} (longWait): ${text}. ` +
      'Whoever receives is too slow, or has gone: receive faster, by more tasks, or send less.',
    task: null,
    place,
  };
}

export function deadlock(
  ring: readonly string[],
  waits: readonly string[],
  task: string | null,
  place: string | null,
): Finding {
  return {
    kind: 'deadlock',
    message:
      `a deadlock: ${[...ring, ring[0]].join(' → ')}; each waits for the next, and none can go on${waits.length === 0 ? '' : ` (${waits.join('; ')})`}. ` +
      'Take locks in one order everywhere, do not wait for yourself, and let whoever receives not wait to send to itself; ' +
      'a withTimeout on one of the waits breaks the ring.',
    task,
    place,
  };
}

export function growing(place: string, size: number, taken: boolean): Finding {
  return {
    kind: 'growing',
    message:
      `the buffer of ${place} only grows: it holds ${grouped(size)} values, and ` +
      `${taken ? 'fewer are received than sent' : 'nothing has been received'}. ` +
      "Give it a capacity, so that senders wait, or an overflow policy ('dropOldest', conflate); or receive faster.",
    task: null,
    place,
  };
}

export function stuckLease(lease: LeaseRecord, why: string): Finding {
  const place = lease.place.name;
  return {
    kind: 'stuckLease',
    message:
      `a lease of ${place}${lease.by === null ? '' : `, taken by ${lease.by},`} ${why}, and its value waits for that. ` +
      'Call ack(), nack() or release() on every delivery, in a finally; or give the queue a leaseMs, or use work().',
    task: lease.by,
    place,
  };
}

export function splitSubscribers(place: string, count: number): Finding {
  return {
    kind: 'splitSubscribers',
    message:
      `${count} subscribers share ${place}: each value reaches only one of them. ` +
      'Where all are to see everything, subscribe once and share() that, or use a broadcast; ' +
      'where they are to divide the work, take values by work() or receive().',
    task: null,
    place,
  };
}

export function ignoredCancel(task: string, how: string): Finding {
  return {
    kind: 'ignoredCancel',
    message:
      `${task} was cancelled, and ${how}. ` +
      'After a cancel only finally blocks run: do not break, continue or return in them, and keep what they wait for short; ' +
      'hand the signal of the context to what has to stop.',
    task,
    place: null,
  };
}

export function spinning(task: string, how: string): Finding {
  return {
    kind: 'spinning',
    message:
      `${task} has gone on ${how} without waiting once: every yield* of its loop was ready. ` +
      'Wait for what is to change (a receive, a gate, a condition), or let time pass by yield* sleep(ms).',
    task,
    place: null,
  };
}
