import { Component } from '@angular/core';

@Component({
  selector: 'app-editor',
  template: `
    <header class="page-head">
      <h1>Editor</h1>
      <p>To come.</p>
    </header>
  `,
})
export class Editor {}
