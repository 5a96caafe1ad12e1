import { Component } from '@angular/core';

@Component({
  selector: 'app-prices',
  template: `
    <header class="page-head">
      <h1>Prices</h1>
      <p>To come.</p>
    </header>
  `,
})
export class Prices {}
