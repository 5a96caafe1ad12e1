/** What vitest, jest and jasmine put in the place of a value: `expect.any(Number)`. It decides for itself what equals it. */
export interface Asymmetric {
  asymmetricMatch(received: unknown, utilities?: unknown): boolean;
  toAsymmetricMatcher?(): string;
}

export function isAsymmetric(value: unknown): value is Asymmetric {
  return (
    typeof value === 'object' && value !== null && typeof (value as Partial<Asymmetric>).asymmetricMatch === 'function'
  );
}
