import { mount } from 'svelte';
import App from './App.svelte';
import { Preferences } from './preferences.svelte.js';
import '@fontsource-variable/inter/wght.css';
import './app.css';

const preferences = new Preferences();
// Sizes are measured with the real letters and in the language of the screen, so they are there before the first tile is drawn. No
// await of the module itself: the Welsh words are built on it, and would wait for it in turn.
void Promise.race([
  Promise.all([document.fonts.load('600 38px "Inter Variable"', 'Hŵŷ'), preferences.lang !== 'en' && preferences.learn()]),
  new Promise((done) => setTimeout(done, 3_000)),
]).then(() => mount(App, { target: document.getElementById('page')!, props: { preferences } }));
