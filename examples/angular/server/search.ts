// Rivers by a part of their name. The shorter the question, the longer the answer takes: so answers overtake each other.

import { sleep } from 'rxsluice';
import type { Area } from './router.ts';

const RIVERS =
  'Aare Amazon Amur Avon Brahmaputra Congo Danube Darling Dnieper Don Douro Drava Ebro Elbe Euphrates Ganges Garonne Indus Inn Isar Jordan Kama Kuban Lena Limpopo Loire Mackenzie Main Marne Mekong Meuse Mississippi Missouri Moselle Murray Neckar Niger Nile Ob Oder Ohio Orinoco Paraná Po Potomac Rhine Rhône Sava Scheldt Seine Severn Shannon Somme Spree Tagus Tay Thames Tiber Tigris Trent Ural Vistula Vltava Volga Volta Weser Yangtze Yenisei Yukon Zambezi'.split(
    ' ',
  );

export const search: Area = {
  name: 'search',
  routes: {
    *'GET /api/search'({ url }) {
      const wanted = (url.searchParams.get('q') ?? '').toLowerCase();
      yield* sleep(Math.max(40, 300 - wanted.length * 80));
      return RIVERS.filter((river) => river.toLowerCase().includes(wanted)).slice(0, 12);
    },
  },
};
