import {
  Boxes,
  Compass,
  Disc,
  HardDrive,
  Keyboard,
  LayoutList,
  ListChecks,
  type LucideIcon,
  Network,
  Plus,
  Settings,
  Stethoscope,
  SunMoon,
  Trash2,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useRun } from '../../client/use-run.ts';
import { useWindow } from '../../client/window-context.ts';

/** A line of the palette that needs no workload. */
export type Place = { id: string; label: string; icon: LucideIcon; keys?: string; act: () => void };

/** The places and commands of the window. */
export function usePlaces(): Place[] {
  const { t } = useTranslation('palette');
  const { ui, route } = useWindow();
  const run = useRun();
  const view = (name: string) => () => route.go({ page: 'list', view: name, id: null, tab: null });
  const page = (name: 'groups' | 'images' | 'volumes' | 'networks' | 'doctor' | 'settings' | 'foreign') => () =>
    route.go({ page: name });
  const theme = (name: 'dark' | 'light' | 'system') => () => void run('settings.set', { theme: name });
  return [
    { id: 'create', label: t('create'), icon: Plus, keys: 'C', act: () => ui.setState({ dialog: 'create' }) },
    { id: 'all', label: t('all'), icon: LayoutList, act: view('all') },
    { id: 'running', label: t('running'), icon: LayoutList, act: view('running') },
    { id: 'trash', label: t('trash'), icon: Trash2, act: view('trash') },
    { id: 'foreign', label: t('foreign'), icon: Compass, act: page('foreign') },
    { id: 'images', label: t('images'), icon: Disc, act: page('images') },
    { id: 'groups', label: t('groups'), icon: Boxes, act: page('groups') },
    { id: 'volumes', label: t('volumes'), icon: HardDrive, act: page('volumes') },
    { id: 'networks', label: t('networks'), icon: Network, act: page('networks') },
    { id: 'doctor', label: t('doctor'), icon: Stethoscope, act: page('doctor') },
    { id: 'settings', label: t('settings'), icon: Settings, act: page('settings') },
    { id: 'jobs', label: t('jobs'), icon: ListChecks, keys: 'Mod+J', act: () => ui.setState({ trayOpen: true }) },
    { id: 'dark', label: t('dark'), icon: SunMoon, act: theme('dark') },
    { id: 'light', label: t('light'), icon: SunMoon, act: theme('light') },
    { id: 'system', label: t('system'), icon: SunMoon, act: theme('system') },
    { id: 'keys', label: t('keys'), icon: Keyboard, keys: '?', act: () => ui.setState({ dialog: 'keys' }) },
  ];
}
