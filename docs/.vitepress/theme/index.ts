import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import Landing from './Landing.vue';
import OpenInPlayground from './OpenInPlayground.vue';
import Playground from './Playground.vue';
import './site.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('landing', Landing);
    app.component('OpenInPlayground', OpenInPlayground);
    app.component('Playground', Playground);
  },
} satisfies Theme;
