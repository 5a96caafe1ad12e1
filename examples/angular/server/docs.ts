// Documents: the latest version of each.

import { type Area, jsonOf, Refusal } from './router.ts';

export interface Doc {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly version: number;
}

const BEGINNING: readonly Doc[] = [
  {
    id: 'letter',
    title: 'Letter to the harbour',
    text: 'Dear harbour master,\n\nthe lock gates open at six, and the barge draws a metre and a half.\n\n',
    version: 1,
  },
  {
    id: 'minutes',
    title: 'Minutes of Monday',
    text: 'Present: all.\n\n1. The pump has been mended.\n2. The towpath is to be mown before Whitsun.\n',
    version: 1,
  },
  {
    id: 'recipe',
    title: 'Bread for the boat',
    text: '500 g of flour, 350 g of water, 10 g of salt, a spoonful of leaven.\n\nA night in the cool, an hour in the oven.\n',
    version: 1,
  },
];

const all = new Map<string, Doc>();

function docOf(id: string | undefined): Doc {
  const doc = all.get(id ?? '');
  if (doc === undefined) throw new Refusal(404, 'There is no such document');
  return doc;
}

export const docs: Area = {
  name: 'docs',
  delay: 150,
  reset() {
    all.clear();
    for (const doc of BEGINNING) all.set(doc.id, doc);
  },
  routes: {
    *'GET /api/docs'() {
      return [...all.values()];
    },
    *'PUT /api/docs/:id'(ask) {
      const old = docOf(ask.params['id']);
      const { text } = yield* jsonOf<Doc>(ask);
      if (typeof text !== 'string') throw new Refusal(422, 'A document has a text');
      const doc = { ...old, text, version: old.version + 1 };
      all.set(doc.id, doc);
      return doc;
    },
  },
};
