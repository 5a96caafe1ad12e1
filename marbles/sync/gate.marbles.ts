import { gate } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'wait passes while the gate is set; set lets all go who wait, together',
    of: ['Gate.wait', 'Gate.set', 'Gate.clear', 'gate'],
    drawn: 'gate()',
    inputs: {
      wait: '  a-b------c-d---',
      set: '   ----x--------x-',
      clear: ' ----------x----',
    },
    run: ({ wait, set, clear }) => {
      const g = gate();
      set.subscribe(() => g.set());
      clear.subscribe(() => g.clear());
      return { passed: perform(wait, () => g.wait()) };
    },
    outputs: {
      passed: '----(ab)-c---d-',
    },
  }),
  spec({
    title: 'who waits when it is set and cleared at once has passed; who is withdrawn has not',
    of: ['Gate.wait'],
    drawn: 'gate()',
    inputs: {
      one: '  a-------',
      other: '-b------',
      pulse: '----x---',
    },
    run: ({ one, other, pulse }) => {
      const g = gate();
      pulse.subscribe(() => {
        g.set();
        g.clear();
      });
      return { one: perform(one, () => g.wait()), other: perform(other, () => g.wait()) };
    },
    outputs: {
      one: '  --------',
      other: '----b---',
    },
    during: {
      one: '  ^-!',
    },
  }),
  spec({
    title: 'pulse lets those pass who wait now, and stays as it is',
    of: ['Gate.wait'],
    drawn: 'gate()   // pulse()',
    inputs: {
      wait: '  ab---c---',
      pulse: ' ---x---x-',
    },
    run: ({ wait, pulse }) => {
      const g = gate();
      pulse.subscribe(() => g.pulse());
      return { passed: perform(wait, () => g.wait()), set: gauge(() => Number(g.isSet)) };
    },
    outputs: {
      passed: '---(ab)c-',
      set: '   0--------',
    },
  }),
];
