/** Milliseconds for a person: `12 ms`, `1.2 s`, `2 min 5 s`, `3 h 10 min`, `4 d 2 h`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${whole} ms`;
  const tenths = Math.round(whole / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(whole / 1000);
  if (seconds < 3600) return inTwo(seconds, 60, 'min', 's');
  const minutes = Math.round(whole / 60_000);
  if (minutes < 1440) return inTwo(minutes, 60, 'h', 'min');
  return inTwo(Math.round(whole / 3_600_000), 24, 'd', 'h');
}

function inTwo(n: number, per: number, large: string, small: string): string {
  const rest = n % per;
  return `${Math.floor(n / per)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
