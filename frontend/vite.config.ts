import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Django serves dist/ in production. In development Vite serves the page and hands /api to Django.
const backend = process.env.CONCORD_BACKEND ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    // data: fonts are not in the content security policy, so every asset is a file.
    assetsInlineLimit: 0,
    // The lists of what each page's chunk needs would be loaded by everybody on every page; a chunk names its own.
    modulePreload: { resolveDependencies: (_, needed, { hostType }) => (hostType === 'html' ? needed : []) },
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/api': backend } },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'] },
});
