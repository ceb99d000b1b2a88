// Draws the charts from the figures that the page holds; the tables of the page say the same without it.
"use strict";

(() => {
  const INK = "#1b2430", SOFT = "#4b5767", LINE = "#d3dae3";
  const FONT = getComputedStyle(document.body).fontFamily;
  const tooltip = { renderMode: "richText", confine: true, textStyle: { fontFamily: FONT } }; // no markup, so no inline styles
  const shared = { animation: false, textStyle: { fontFamily: FONT, color: INK } };
  // What the clock of Shanghai shows, drawn as if it were universal time: the zone of this browser plays no part.
  const instant = (local) => Date.parse(`${local}Z`);
  const isNarrow = () => window.innerWidth < 720;

  function heat(data) {
    const colours = ["#a31515", "#8a6d00", "#124f94"], shapes = ["circle", "triangle", "rect"], dashes = ["solid", "dashed", "dotted"];
    const marks = data.marks.map((mark) => ({ xAxis: instant(mark.at), name: `${mark.number} ${mark.name}`, label: { formatter: String(mark.number) } }));
    const axis = { axisLabel: { color: SOFT }, splitLine: { lineStyle: { color: LINE } }, min: 0, minInterval: 1 };
    return {
      ...shared,
      useUTC: true,
      tooltip: { ...tooltip, trigger: "axis" },
      legend: { top: 0, textStyle: { color: INK, fontSize: 14 } },
      grid: { left: 8, right: 8, top: 64, bottom: 8, containLabel: true },
      xAxis: { type: "time", axisLabel: { color: SOFT, hideOverlap: true }, min: reach(data, Math.min), max: reach(data, Math.max) },
      yAxis: data.axes.map((name, number) => ({ ...axis, name, nameTextStyle: { color: SOFT, align: number ? "right" : "left" }, splitLine: { ...axis.splitLine, show: !number } })),
      series: data.series.map((line, number) => ({
        type: "line", name: line.name, yAxisIndex: line.axis, symbol: shapes[number], symbolSize: 9,
        lineStyle: { type: dashes[number], width: 2.5 }, color: colours[number],
        data: line.points.map(([at, count]) => [instant(at), count]),
        markLine: number ? undefined : {
          symbol: "none", data: marks, lineStyle: { color: SOFT, type: "dashed" }, tooltip: { formatter: (mark) => mark.name },
          label: { position: "end", color: INK, fontSize: 13, fontWeight: 700 },
        },
      })),
    };
  }

  function reach(data, choose) {
    const found = [...data.marks.map((mark) => mark.at), ...data.series.flatMap((line) => line.points.map(([at]) => at))].map(instant);
    return choose(...found);
  }

  function performanceOf(data) {
    const looks = { on_time: { color: "#176b35" }, late: { color: "#d9a400", decal: "/" }, missing: { color: "#4a1259", decal: "x" } };
    return {
      ...shared,
      tooltip: { ...tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
      legend: { top: 0, textStyle: { color: INK, fontSize: 14 } },
      grid: { left: 8, right: 24, top: 40, bottom: 8, containLabel: true },
      xAxis: { type: "value", minInterval: 1, axisLabel: { color: SOFT } },
      yAxis: { type: "category", inverse: true, data: data.units, axisLabel: { color: INK, fontSize: isNarrow() ? 12 : 14, width: isNarrow() ? 90 : 180, overflow: "truncate" } },
      series: data.series.map((part) => ({
        type: "bar", stack: "all", name: part.name, barMaxWidth: 26, data: part.counts, color: looks[part.part].color,
        label: { show: true, color: part.part === "late" ? INK : "#fff", formatter: ({ value }) => (value ? String(value) : "") },
        itemStyle: { borderColor: "#fff", borderWidth: 1 },
      })),
    };
  }

  const kinds = { heat, performance: performanceOf };
  for (const figure of document.querySelectorAll("[data-chart]")) {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    figure.classList.add("is-drawn");
    const place = figure.querySelector(".chart");
    const units = data.units?.length || 0;
    const chart = echarts.init(place, null, { renderer: "canvas", height: units ? Math.max(220, 90 + units * 44) : undefined });
    if (units) place.style.height = `${Math.max(220, 90 + units * 44)}px`;
    chart.setOption(kinds[data.kind](data));
    addEventListener("resize", () => { chart.resize(); chart.setOption(kinds[data.kind](data)); });
  }
})();
