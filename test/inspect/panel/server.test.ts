import { expect, it } from 'vitest';

it('the panel can be imported where there are no elements, and defines nothing', async () => {
  expect([typeof HTMLElement, typeof customElements]).toEqual(['undefined', 'undefined']);
  const { RxsluicePanel } = await import('../../../src/inspect/panel/index.ts');
  expect(RxsluicePanel.name).toBe('RxsluicePanel');
});
