import { broadcast } from '../../src/index.ts';
import { spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'taps$ tells how many taps there are, and completes when the broadcast has ended',
    of: ['Broadcast.taps$'],
    drawn: 'broadcast()',
    inputs: {
      close: '-------x',
    },
    run: ({ close }) => {
      const news = broadcast<string>();
      close.subscribe(() => news.close());
      return { taps: news.taps$, first: news, second: news };
    },
    values: { '0': 0, '1': 1, '2': 2 },
    outputs: {
      taps: '  0-12-1-(0|)',
      first: ' -------|',
      second: '----------',
    },
    during: {
      first: ' --^-------',
      second: '---^-!',
    },
  }),
];
