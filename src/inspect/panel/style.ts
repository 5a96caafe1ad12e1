// The panel's own style sheet. Colours are named once, for light and dark; which of the two holds is `color-scheme`, the reader's
// unless the page says otherwise. A page changes what it likes by the properties and the parts.

export const STYLE = `
:host{display:block;height:28rem;min-height:12rem;color-scheme:light dark;contain:content;container-type:size;
font:13px/1.4 system-ui,sans-serif;text-align:start;color:var(--ink);
--bg:light-dark(#fff,#14161b);--ink:light-dark(#1c2128,#e6e9ef);--dim:light-dark(#5a6472,#9aa4b3);
--line:light-dark(#e3e6eb,#2a2f38);--soft:light-dark(#f5f6f8,#1b1e25);--pick:light-dark(#e4efff,#1d3050);
--accent:light-dark(#0a5fd0,#71b1ff);--good:light-dark(#167a46,#5ed49a);--warn:light-dark(#8a5700,#f0c060);
--bad:light-dark(#b3261e,#ff8f86);--rose:light-dark(#fdecea,#3a1d1c);--cream:light-dark(#fff5e2,#322810);--bar:light-dark(#b9d6ff,#234a80);--full:light-dark(#ffd08a,#6b4a10)}
:host([hidden]){display:none}
*{box-sizing:border-box;margin:0;padding:0}
.panel{display:flex;flex-direction:column;height:100%;background:var(--bg);border:1px solid var(--line);border-radius:10px;overflow:hidden}
header{display:flex;align-items:center;gap:10px;padding:7px 10px 7px 14px;border-bottom:1px solid var(--line);background:var(--soft)}
h2{font-size:13px;font-weight:650}
h3{font-size:11px;font-weight:650;color:var(--dim);padding:8px 14px 5px;display:flex;justify-content:space-between}
h3 span{font-weight:400}
.counts{color:var(--dim);flex:1;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
button{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:2px 10px;cursor:pointer}
button:hover{border-color:var(--dim)}
:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
.findings{max-height:32%;overflow:auto;flex:none;list-style:none}
.findings li{display:flex;gap:10px;align-items:baseline;padding:5px 10px 5px 14px;background:var(--cream);border-bottom:1px solid var(--line)}
.findings b{color:var(--warn);white-space:nowrap;font-weight:650}
.findings .deadlock{background:var(--rose)}
.findings .deadlock b{color:var(--bad)}
.findings span{flex:1;overflow-wrap:anywhere}
.findings button{border:0;background:none;padding:0 6px;font-size:15px;line-height:1.2}
.body{flex:1;min-height:0;display:grid;grid-template-columns:minmax(15rem,2fr) 3fr}
section{display:flex;flex-direction:column;min-width:0;min-height:0}
section+section{border-left:1px solid var(--line)}
.scroll{flex:1;overflow:auto;min-height:0;position:relative;padding:0}
.space{position:relative;overflow:hidden}
.none{color:var(--dim);padding:4px 14px}
.row{position:absolute;left:0;right:0;top:0;display:flex;align-items:center;gap:8px;padding:0 14px;white-space:nowrap;contain:strict}
.row[hidden]{display:none}
.row span{overflow:hidden;text-overflow:ellipsis}
.name{font-family:ui-monospace,monospace;font-size:12px}
.dim{color:var(--dim)}
.task{height:26px;cursor:default}
.task .name{flex:0 1 auto;min-width:3rem}
.task .dim{flex:1 1 0;min-width:0}
.task .for{flex:none;text-align:end;font-variant-numeric:tabular-nums}
.task i{width:12px;flex:none;text-align:center;font-style:normal;color:var(--dim);font-size:10px;margin-right:-4px}
.task[aria-expanded] i{cursor:pointer}
.task[aria-expanded=true] i:before{content:'\\25be'}
.task[aria-expanded=false] i:before{content:'\\25b8'}
.task u{flex:none;width:8px;height:8px;border-radius:50%;border:1.5px solid var(--dim)}
.running u{background:var(--good);border-color:var(--good)}
.ready u{background:var(--accent);border-color:var(--accent)}
.cleaning u{background:var(--warn);border-color:var(--warn)}
.task[aria-selected=true]{background:var(--soft)}
:focus-visible .task[aria-selected=true],.place.near{background:var(--pick)}
.ring{background:var(--rose)}
.ring .name{color:var(--bad);font-weight:650}
.place{height:46px;border-bottom:1px solid var(--line);display:grid;grid-template-columns:minmax(4.5rem,6rem) minmax(4.5rem,6rem) minmax(4rem,1fr) minmax(2rem,3.6rem);gap:0 12px}
.place div{min-width:0;display:flex;flex-direction:column}
.place .dim{font-size:11px}
.place .last{text-align:end}
.bar{height:16px;border-radius:4px;background:var(--soft);box-shadow:inset 0 0 0 1px var(--line);position:relative;overflow:hidden;flex:none}
.bar:before{content:'';position:absolute;inset:0;background:var(--bar);transform:scaleX(var(--part,0));transform-origin:left;transition:transform .2s}
.bar.full:before{background:var(--full)}
.bar span{position:absolute;inset:0;padding:0 6px;font-size:11px;line-height:16px;font-variant-numeric:tabular-nums}
canvas{width:100%;height:34px;display:block;color:var(--ink);outline-color:var(--line);caret-color:var(--accent)}
@container (max-width:640px){
.body{grid-template-columns:none;grid-template-rows:1fr 1fr}
section+section{border-left:0;border-top:1px solid var(--line)}
}
@container (max-width:400px){.place{grid-template-columns:1fr 1fr 3rem}.place canvas{display:none}}
@media (prefers-reduced-motion:reduce){.bar:before{transition:none}}
@media (forced-colors:active){.bar:before,.task u{forced-color-adjust:none}}
`.replaceAll('\n', '');
