import { Component } from '@angular/core';

@Component({
  selector: 'app-booking',
  template: `
    <header class="page-head">
      <h1>Booking</h1>
      <p>To come.</p>
    </header>
  `,
})
export class Booking {}
