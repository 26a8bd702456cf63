import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { type DriverState, errorData, type Workload } from '../../electron/bridge/contract.ts';
import { useRun, useRunJob } from '../client/use-run.ts';
import { useHost, useWindow } from '../client/window-context.ts';
import { errorText } from '../format/error-text.ts';
import { isAway } from '../store/store.ts';
import { freeName, stampName } from './names.ts';
import { awayRefusal, keptRefusal, type Refusal, refusal, type VerbName } from './verbs.ts';

function useRefusalWords() {
  const { t } = useTranslation('common');
  return useCallback(
    (why: Refusal | null) => (why === null ? null : 'text' in why ? why.text : t(why.key, why.values ?? {})),
    [t],
  );
}

/** Why nothing can be done with what a workload keeps, in words, or null when it can. */
export function useKeptRefusal(workload: Workload): string | null {
  const away = awayRefusal(useHost((state) => state.connection));
  const driver = useHost((state) => state.drivers[workload.spec.driver]);
  return useRefusalWords()(away ?? keptRefusal(workload, driver));
}

/** The words of a refusal. */
export function useRefusal() {
  const away = awayRefusal(useHost((state) => state.connection));
  const words = useRefusalWords();
  return useCallback(
    (verb: VerbName, workload: Workload, driver: DriverState | undefined) =>
      words(away ?? refusal(verb, workload, driver)),
    [words, away],
  );
}

/** Runs a verb on some workloads; those that refuse it are left out. A removal offers Undo. */
export function useVerb() {
  const { client, host, route, toasts, ui } = useWindow();
  const run = useRun();
  const runJob = useRunJob();
  const { t, i18n } = useTranslation('common');

  const undo = useCallback(
    async (workloads: readonly Workload[]) => {
      for (const { id } of workloads) await run('workloads.restoreFromTrash', { workload: id });
    },
    [run],
  );

  const removeNow = useCallback(
    async (workloads: readonly Workload[]) => {
      const at = route.getState().route;
      if (at.page === 'list' && workloads.some(({ id }) => id === at.id)) route.go({ ...at, id: null, tab: null });
      try {
        await Promise.all(workloads.map(({ id }) => client.call('workloads.remove', { workload: id, now: true })));
      } catch (thrown) {
        const error = errorData(thrown);
        toasts.show({ tone: 'bad', text: error.message, details: errorText(error) });
      }
    },
    [client, route, toasts],
  );

  /** No trash keeps them: somebody has to say yes. */
  const ask = useCallback(
    (workloads: readonly Workload[]) => {
      const what = { name: workloads[0]?.spec.name ?? '', count: workloads.length };
      const key = workloads.length === 1 ? 'forGoodOne' : 'forGood';
      ui.setState({
        asking: {
          title: t(`${key}.title`, what),
          text: t(`${key}.text`),
          action: t(`${key}.do`, what),
          run: () => void removeNow(workloads),
        },
      });
    },
    [ui, t, removeNow],
  );

  return useCallback(
    async (verb: VerbName, workloads: readonly Workload[]): Promise<void> => {
      const { drivers, workloads: all, connection } = host.getState();
      if (isAway(connection)) {
        toasts.show({ tone: 'bad', text: t('refusal.hostAway') });
        return;
      }
      const able = workloads.filter((one) => refusal(verb, one, drivers[one.spec.driver]) === null);
      const [only] = able;
      if (!only) {
        const [held] = workloads;
        // Held up by what is under way: the question is how it is to go.
        if (verb === 'remove' && held && refusal('removeByForce', held, drivers[held.spec.driver]) === null)
          ui.setState({ removing: held.id });
        return;
      }
      const each = (act: (workload: Workload) => Promise<unknown>) => Promise.all(able.map(act));
      switch (verb) {
        case 'start':
        case 'stop':
        case 'pause':
        case 'resume':
        case 'restart':
        case 'reset':
          await each(({ id }) => run(`workloads.${verb}`, { workload: id }));
          return;
        case 'forceOff':
          await each(({ id }) => run('workloads.stop', { workload: id, graceSeconds: 0, force: true }));
          return;
        case 'snapshot': {
          const name = stampName(t('snapshotName'), new Date(), i18n.language);
          if (able.length === 1) await run('snapshots.create', { workload: only.id, name });
          else await run('groups.snapshot', { group: able.map(({ id }) => id), name });
          return;
        }
        case 'clone': {
          const names = new Set(Object.values(all).map((one) => one.spec.name));
          for (const one of able) {
            const name = freeName(`${one.spec.name}-clone`, names);
            names.add(name);
            if (able.length > 1) {
              await run('workloads.clone', { workload: one.id, name });
              continue;
            }
            if ((await runJob('workloads.clone', { workload: one.id, name })) === null) return;
            const made = Object.values(host.getState().workloads).find((other) => other.spec.name === name);
            if (!made) return;
            toasts.show({
              tone: 'ok',
              text: t('cloned', { name }),
              action: {
                label: t('open'),
                run: () => route.go({ page: 'list', view: 'all', id: made.id, tab: null }),
              },
            });
          }
          return;
        }
        case 'remove': {
          if (host.getState().settings?.trashHours === 0) {
            ask(able);
            return;
          }
          const gone = (await each(({ id }) => runJob('workloads.remove', { workload: id }))).filter(
            (job) => job !== null,
          );
          if (gone.length === 0) return;
          const at = route.getState().route;
          if (at.page === 'list' && able.some(({ id }) => id === at.id)) route.go({ ...at, id: null });
          const text =
            able.length === 1 ? t('removedOne', { name: only.spec.name }) : t('removed', { count: gone.length });
          toasts.show({ tone: 'ok', text, action: { label: t('undo'), run: () => void undo(able) } });
          return;
        }
        case 'removeByForce':
          ui.setState({ removing: only.id });
          return;
        case 'restoreFromTrash':
          await undo(able);
          return;
        case 'removeNow':
          ask(able);
      }
    },
    [host, route, toasts, ui, run, runJob, undo, ask, t, i18n],
  );
}
