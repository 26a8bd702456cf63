import { app, StandInEvent } from './app.ts';
import { type ToStandIn, tell } from './messages.ts';
import { answerOf, answers, clickTray, guards } from './parts.ts';
import { foreignPortRequest, theWindow } from './window.ts';

/** Does what the test asks. */
export async function obey(message: ToStandIn): Promise<void> {
  switch (message.type) {
    case 'quit':
      app.quit();
      return;
    case 'second-instance':
      app.emit('second-instance', new StandInEvent());
      return;
    case 'tray-click':
      clickTray(message.label);
      return;
    case 'ask-permission':
      guards.request?.({ getURL: () => message.url }, message.permission, (granted) => {
        tell({ type: 'permission', permission: message.permission, granted });
      });
      return;
    case 'navigate': {
      const event = Object.assign(new StandInEvent(), { url: message.url });
      theWindow().webContents.emit('will-navigate', event);
      tell({ type: 'navigation', url: message.url, allowed: !event.defaultPrevented });
      return;
    }
    case 'open': {
      const action = theWindow().webContents.openHandler?.({ url: message.url }).action ?? 'allow';
      tell({ type: 'opened', url: message.url, action });
      return;
    }
    case 'fetch': {
      const response = await answerOf(message.url, message.method);
      const headers = Object.fromEntries(response.headers);
      tell({ type: 'fetched', url: message.url, status: response.status, headers });
      return;
    }
    case 'foreign-port-request':
      foreignPortRequest(message);
      return;
    case 'answer':
      answers.response = message.response;
      answers.filePaths = message.filePaths;
      return;
  }
}
