import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import Landing from './Landing.vue';
import './site.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('landing', Landing);
  },
} satisfies Theme;
