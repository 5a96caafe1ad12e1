import { Component } from '@angular/core';

@Component({
  selector: 'app-uploads',
  template: `
    <header class="page-head">
      <h1>Uploads</h1>
      <p>To come.</p>
    </header>
  `,
})
export class Uploads {}
