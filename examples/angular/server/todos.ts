// Things to do. Some changes are refused: a second of the same title, and whatever is to become of one that is locked.

import { type Area, jsonOf, Refusal } from './router.ts';

export interface Todo {
  readonly id: number;
  readonly title: string;
  readonly done: boolean;
  readonly locked?: boolean;
}

const BEGINNING: readonly Todo[] = [
  { id: 1, title: 'Grease the paddle gear', done: true },
  { id: 2, title: 'Measure the water level', done: false },
  { id: 3, title: 'Pay the harbour dues', done: false, locked: true },
  { id: 4, title: 'Paint the balance beam', done: false },
];

let all: readonly Todo[] = [];
let last = 0;
/** What was added, by the key that its client gave it: asked again, for the answer may have been lost, it is not added again. */
const added = new Map<string, Todo>();

function find(id: string | undefined): Todo {
  const todo = all.find((each) => String(each.id) === id);
  if (todo === undefined) throw new Refusal(404, 'It is gone already');
  return todo;
}

export const todos: Area = {
  name: 'todos',
  delay: 250,
  reset() {
    all = BEGINNING;
    added.clear();
    last = BEGINNING.length;
  },
  routes: {
    *'GET /api/todos'() {
      return all;
    },
    *'POST /api/todos'(ask) {
      const { title = '', key = '' } = yield* jsonOf<Todo & { key: string }>(ask);
      const before = added.get(key);
      if (before !== undefined) return before;
      if (title.trim() === '') throw new Refusal(422, 'It has no title');
      if (all.some((each) => each.title.toLowerCase() === title.toLowerCase()))
        throw new Refusal(409, 'There is one of that title already');
      const todo: Todo = { id: ++last, title, done: false };
      all = [...all, todo];
      if (key !== '') added.set(key, todo);
      return todo;
    },
    *'PATCH /api/todos/:id'(ask) {
      const { done } = yield* jsonOf<Todo>(ask);
      const old = find(ask.params['id']);
      const todo = { ...old, done: done ?? old.done };
      all = all.map((each) => (each.id === todo.id ? todo : each));
      return todo;
    },
    *'DELETE /api/todos/:id'(ask) {
      const todo = find(ask.params['id']);
      if (todo.locked) throw new Refusal(403, 'It is locked');
      all = all.filter((each) => each !== todo);
      return todo;
    },
  },
};
