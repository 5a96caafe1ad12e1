/** What the application shows: the pages, in the order of the navigation. */
export const FEATURES = [
  { path: 'editor', name: 'Editor', job: 'Documents that save themselves, the latest version of each' },
  { path: 'uploads', name: 'Uploads', job: 'Three files at a time, with progress, retries and a pause' },
  { path: 'prices', name: 'Prices', job: 'Ten thousand ticks a second, one painting a frame' },
  { path: 'todo', name: 'To do', job: 'Shown at once, saved after, taken back if refused' },
  { path: 'booking', name: 'Booking', job: 'A wizard that is one coroutine, with a deadline' },
  { path: 'search', name: 'Search', job: 'Answers while you type, never an old one' },
] as const;
