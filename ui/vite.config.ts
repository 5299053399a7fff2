/// <reference types="vitest/config" />
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  // Relative, so that the page works under whatever address the app serves it from.
  base: './',
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: {
    target: ['safari16', 'chrome111'],
    // An inlined font or picture would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
  },
});
