import { EmptyError } from 'rxjs';
import { until } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'until takes the first value, and unsubscribes',
    of: ['until'],
    drawn: 'until(source)',
    inputs: {
      source: '---a-b-|',
    },
    run: ({ source }) => ({ first: until(source) }),
    outputs: {
      first: ' ---(a|)',
    },
    subscribed: {
      source: '^--!',
    },
  }),
  spec({
    title: 'each performance subscribes to the source anew',
    of: ['until'],
    drawn: 'until(source)',
    inputs: {
      perform: '-x--x----',
      source: ' --a-b|',
    },
    run: ({ perform: calls, source }) => ({ first: perform(calls, () => until(source)) }),
    outputs: {
      first: '  ---a--a--',
    },
    subscribed: {
      source: [
        // Two frames each: until the first value.
        '-^-!',
        '----^-!',
      ],
    },
  }),
  spec({
    title: 'of many values that come at once it takes one: the rest is not asked for',
    of: ['until'],
    drawn: 'until(source)',
    inputs: {
      source: '--(abc|)',
    },
    run: ({ source }) => ({ first: until(source) }),
    outputs: {
      first: ' --(a|)',
    },
    subscribed: {
      source: '^-!',
    },
  }),
  spec({
    title: 'an empty source is an error: there is no value to wait for any more',
    of: ['until'],
    drawn: 'until(source)',
    inputs: {
      source: '---|',
    },
    run: ({ source }) => ({ first: until(source) }),
    error: new EmptyError(),
    outputs: {
      first: ' ---#',
    },
  }),
  spec({
    title: "a source's error comes through",
    of: ['until'],
    drawn: 'until(source)',
    inputs: {
      source: '---#',
    },
    run: ({ source }) => ({ first: until(source) }),
    error: new Error('gone'),
    outputs: {
      first: ' ---#',
    },
  }),
  spec({
    title: 'unsubscribed while it waits, it unsubscribes from the source',
    of: ['until'],
    drawn: 'until(source)',
    inputs: {
      source: '-----a-',
    },
    run: ({ source }) => ({ first: until(source) }),
    outputs: {
      first: ' -------',
    },
    during: {
      first: ' ^--!',
    },
    subscribed: {
      source: '^--!',
    },
  }),
];
