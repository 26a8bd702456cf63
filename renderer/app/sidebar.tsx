import {
  Activity,
  Boxes,
  CircleDashed,
  CirclePlay,
  Compass,
  Disc,
  HardDrive,
  LayoutList,
  type LucideIcon,
  Network,
  Search,
  Settings,
  Stethoscope,
  Tag,
  Trash2,
} from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { driverNameSchema, isToolLabel } from '../../electron/bridge/contract.ts';
import { useHost, useWindow } from '../client/window-context.ts';
import { SavedLinks } from '../features/filters/saved-links.tsx';
import { groupTitle } from '../features/groups/group-title.ts';
import { countViews, engineView } from '../features/list/views.ts';
import type { Route } from '../store/route.ts';
import { DriverGlyph } from '../ui/driver-glyph.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { SideLink } from './side-link.tsx';

const views: [string, LucideIcon][] = [
  ['all', LayoutList],
  ['running', CirclePlay],
  ['stopped', CircleDashed],
  ['attention', Activity],
  ['trash', Trash2],
];
const pages: ['groups' | 'images' | 'volumes' | 'networks' | 'doctor' | 'settings', LucideIcon][] = [
  ['groups', Boxes],
  ['images', Disc],
  ['volumes', HardDrive],
  ['networks', Network],
  ['doctor', Stethoscope],
  ['settings', Settings],
];
/** More would push the rest out of sight; the filter finds them all. */
const mostLabels = 24;
const iconSize = 15;

const toList = (view: string): Route => ({ page: 'list', view, id: null, tab: null });

/** Navigation: the views of the list with their counts, drivers, labels, and the other pages. */
export function Sidebar() {
  const { t } = useTranslation(['shell', 'list', 'common']);
  const { ui } = useWindow();
  const workloads = useHost((state) => state.workloads);
  const found = useHost((state) => Object.values(state.foreign).reduce((sum, list) => sum + list.length, 0));
  const counts = useMemo(() => countViews(Object.values(workloads)), [workloads]);
  return (
    <nav className="sidebar" aria-label={t('navigation')}>
      <div className="brand">
        <img src="./icon.svg" alt="" />
        <span>NovaCron</span>
      </div>
      <div className="side-find">
        <button type="button" className="button" onClick={() => ui.setState({ dialog: 'palette' })}>
          <Search size={14} aria-hidden />
          {t('find')}
          <Kbd keys="Mod+K" />
        </button>
      </div>
      <div className="side-scroll">
        <div className="side-group">
          {views.map(([view, Icon]) => (
            <SideLink
              key={view}
              to={toList(view)}
              icon={<Icon size={iconSize} aria-hidden />}
              label={t(`list:view.${view}`)}
              count={counts.get(view)}
              tone={view === 'attention' ? 'bad' : undefined}
            />
          ))}
          <SideLink
            to={{ page: 'foreign' }}
            icon={<Compass size={iconSize} aria-hidden />}
            label={t('found')}
            count={found}
          />
        </div>
        <SavedLinks />
        <NamedViews counts={counts} />
      </div>
      <div className="side-foot">
        {pages.map(([page, Icon]) => (
          <SideLink key={page} to={{ page }} icon={<Icon size={iconSize} aria-hidden />} label={t(`page.${page}`)} />
        ))}
      </div>
    </nav>
  );
}

/** The label of a view `label:KEY=VALUE`. */
function labelOf(view: string): { key: string; value: string } {
  const text = view.slice('label:'.length);
  const cut = text.indexOf('=');
  return cut === -1 ? { key: text, value: '' } : { key: text.slice(0, cut), value: text.slice(cut + 1) };
}

/** The views by driver and by engine, where there are several, and by label. */
function NamedViews({ counts }: { counts: ReadonlyMap<string, number> }) {
  const { t } = useTranslation(['shell', 'common']);
  const drivers = driverNameSchema.options.filter((name) => counts.has(`driver:${name}`));
  const known = useHost((state) => state.drivers);
  const engines = Object.values(known).flatMap(({ name, endpoints = [] }) =>
    endpoints.length > 1
      ? endpoints.map((one) => ({ driver: name, name: one.name, view: engineView(name, one.name) }))
      : [],
  );
  const labels = [...counts.keys()]
    .filter((view) => view.startsWith('label:') && !isToolLabel(labelOf(view).key))
    .sort()
    .slice(0, mostLabels);
  return (
    <>
      {drivers.length > 1 ? (
        <div className="side-group">
          <h2>{t('drivers')}</h2>
          {drivers.map((name) => (
            <SideLink
              key={name}
              to={toList(`driver:${name}`)}
              icon={<DriverGlyph driver={name} />}
              label={t(`common:driverShort.${name}`)}
              count={counts.get(`driver:${name}`)}
            />
          ))}
        </div>
      ) : null}
      {engines.length > 0 ? (
        <div className="side-group">
          <h2>{t('engines')}</h2>
          {engines.map((one) => (
            <SideLink
              key={one.view}
              to={toList(one.view)}
              icon={<DriverGlyph driver={one.driver} />}
              label={`${t(`common:driverShort.${one.driver}`)}: ${one.name}`}
              count={counts.get(one.view)}
            />
          ))}
        </div>
      ) : null}
      {labels.length > 0 ? (
        <div className="side-group">
          <h2>{t('labels')}</h2>
          {labels.map((view) => (
            <SideLink
              key={view}
              to={toList(view)}
              icon={<Tag size={iconSize} aria-hidden />}
              label={groupTitle(labelOf(view))}
              count={counts.get(view)}
            />
          ))}
        </div>
      ) : null}
    </>
  );
}
