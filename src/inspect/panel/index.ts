// The panel: everything that `rxsluice/inspect/panel` exports. To import it defines the element.

import { RxsluicePanel } from './panel.ts';

export { RxsluicePanel };

declare global {
  interface HTMLElementTagNameMap {
    'rxsluice-panel': RxsluicePanel;
  }
}

// Two copies of the library on one page: the first one's element is the page's.
if (typeof customElements !== 'undefined' && customElements.get('rxsluice-panel') === undefined) {
  customElements.define('rxsluice-panel', RxsluicePanel);
}
