import { Component } from '@angular/core';

@Component({
  selector: 'app-search',
  template: `
    <header class="page-head">
      <h1>Search</h1>
      <p>To come.</p>
    </header>
  `,
})
export class Search {}
