import { mergeApplicationConfig } from '@angular/core';
import { type BootstrapContext, bootstrapApplication } from '@angular/platform-browser';
import { provideServerRendering, RenderMode, withRoutes } from '@angular/ssr';
import { App } from './app/app';
import { appConfig } from './app/app.config';

// All pages are made when the application is built.
const prerendered = provideServerRendering(withRoutes([{ path: '**', renderMode: RenderMode.Prerender }]));
const config = mergeApplicationConfig(appConfig, { providers: [prerendered] });

const bootstrap = (context: BootstrapContext) => bootstrapApplication(App, config, context);
export default bootstrap;
