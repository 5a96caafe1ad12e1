import { Component } from '@angular/core';

@Component({
  selector: 'app-todo',
  template: `
    <header class="page-head">
      <h1>To do</h1>
      <p>To come.</p>
    </header>
  `,
})
export class TodoList {}
