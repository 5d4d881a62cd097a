import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '@/api/errors';
import { connection } from '@/app/connection';
import { listenToKeys } from '@/app/keys';
import { routes } from '@/app/routes';
import { Site } from '@/app/Site';
import { theme } from '@/app/theme';
import { startTexts } from '@/i18n';
import './styles/global.css';

// Django writes one nonce into each page that it serves; the styles that Mantine adds at run time carry it.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
setNonce(nonce);

await startTexts();
connection.watch();
listenToKeys();

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What the server has refused it refuses again; a lost connection is worth another try.
      retry: (count, error) => !(error instanceof ApiError) && count < 3,
    },
  },
});

connection.online.subscribe(() => {
  if (connection.online.get()) void queries.invalidateQueries({ predicate: (query) => query.state.status === 'error' });
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queries}>
        <Site routes={routes} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
