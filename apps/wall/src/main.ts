import { mount } from 'svelte';
import App from './App.svelte';
import '@fontsource-variable/inter/wght.css';
import './app.css';

// Sizes are measured with the real letters, so they are there before the first tile is drawn.
await Promise.race([document.fonts.load('600 38px "Inter Variable"', 'Hŵŷ'), new Promise((done) => setTimeout(done, 3_000))]);

mount(App, { target: document.getElementById('page')! });
