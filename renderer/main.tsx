import '@fontsource-variable/inter';
import '@fontsource/jetbrains-mono';
import './styles/tokens.css';
import './styles/base.css';
import './ui/button.css';
import './ui/overlay.css';
import './ui/form.css';
import './ui/feedback.css';
import './ui/toast.css';
import { createRoot } from 'react-dom/client';
import { connectWindow } from '../electron/bridge/client/web.ts';
import { App } from './app/app.tsx';
import { applyTheme } from './app/theme.ts';
import { createMetricsHub } from './client/metrics-hub.ts';
import { WindowContext, type WindowParts } from './client/window-context.ts';
import { pumpState } from './store/pump.ts';
import { createRouteStore } from './store/route.ts';
import { createHostStore } from './store/store.ts';
import { createUiStore } from './store/ui-store.ts';
import { loadTexts } from './texts/texts.ts';
import { createToasts } from './ui/toasts.ts';

const client = connectWindow();
const parts: WindowParts = {
  client,
  host: createHostStore(),
  ui: createUiStore(window.localStorage),
  route: createRouteStore(window),
  toasts: createToasts(),
  metrics: createMetricsHub(client),
};
applyTheme(parts.host, window);
const life = new AbortController();
window.addEventListener('pagehide', () => life.abort());
void pumpState(client, parts.host, life.signal);

const root = document.getElementById('root');
if (!root) throw new Error('The page has no root.');
await loadTexts(navigator.language);
createRoot(root).render(
  <WindowContext value={parts}>
    <App />
  </WindowContext>,
);
