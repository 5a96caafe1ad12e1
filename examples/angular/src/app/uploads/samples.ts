const SAMPLES = [
  ['lock-gate.jpg', 900],
  ['towpath.jpg', 1400],
  ['pump-manual.pdf', 2300],
  ['water-levels.csv', 120],
  ['barge-at-dusk.jpg', 1100],
  ['harbour-rules.pdf', 640],
] as const;

/** Files to try it with: as many bytes as such files have, though none that anybody could look at. */
export function samples(): File[] {
  return SAMPLES.map(([name, size]) => new File([new Uint8Array(size * 1000)], name));
}
