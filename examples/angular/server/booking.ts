// Seats: free, or taken.

import { type Area, jsonOf, Refusal } from './router.ts';

const SEATS = ['1A', '1B', '1C', '1D', '2A', '2B', '2C', '2D', '3A', '3B', '3C', '3D'];
const taken = new Set<string>();

export const booking: Area = {
  name: 'booking',
  delay: 200,
  reset() {
    taken.clear();
    for (const seat of ['1B', '2C', '3A']) taken.add(seat);
  },
  routes: {
    *'GET /api/booking/seats'() {
      return SEATS.map((seat) => ({ seat, free: !taken.has(seat) }));
    },
    *'POST /api/booking'(ask) {
      const { seat = '', name = '' } = yield* jsonOf<{ seat: string; name: string }>(ask);
      if (!SEATS.includes(seat)) throw new Refusal(422, 'There is no such seat');
      if (taken.has(seat)) throw new Refusal(409, 'Somebody has taken that seat');
      taken.add(seat);
      return { seat, name, number: `B-${1000 + taken.size}` };
    },
  },
};
