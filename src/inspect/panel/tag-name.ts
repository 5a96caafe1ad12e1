/** What the panel's element is called. */
export const tagName = 'rxsluice-panel';
