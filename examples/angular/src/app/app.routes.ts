import type { Routes } from '@angular/router';
import type { Editor } from './editor/editor';
import type { TodoList } from './todo/todo';

// One feature, one file that is loaded when it is visited.
export const routes: Routes = [
  { path: '', title: 'Lock 12', loadComponent: () => import('./home/home').then((m) => m.Home) },
  {
    path: 'editor',
    title: 'Editor · Lock 12',
    loadComponent: () => import('./editor/editor').then((m) => m.Editor),
    canDeactivate: [(page: Editor) => page.mayLeave()],
  },
  {
    path: 'uploads',
    title: 'Uploads · Lock 12',
    loadComponent: () => import('./uploads/uploads').then((m) => m.Uploads),
  },
  { path: 'prices', title: 'Prices · Lock 12', loadComponent: () => import('./prices/prices').then((m) => m.Prices) },
  {
    path: 'todo',
    title: 'To do · Lock 12',
    loadComponent: () => import('./todo/todo').then((m) => m.TodoList),
    canDeactivate: [(page: TodoList) => page.mayLeave()],
  },
  {
    path: 'booking',
    title: 'Booking · Lock 12',
    loadComponent: () => import('./booking/booking').then((m) => m.Booking),
  },
  { path: 'search', title: 'Search · Lock 12', loadComponent: () => import('./search/search').then((m) => m.Search) },
  { path: '**', redirectTo: '' },
];
