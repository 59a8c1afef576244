"""Fit folders of metamob as ArviZ and CmdStanPy read them.

usage: interop.py METAMOB EXAMPLES

Makes fits of the worked examples by both samplers and for both families, reads their draws files with
az.from_cmdstan and cmdstanpy.from_csv, and compares names, shapes, values and diagnostics with the files
themselves and with fit.json. Every difference is said; the exit code is 1 if there was one.
"""

import csv
import json
import logging
import math
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

logging.getLogger("cmdstanpy").setLevel(logging.WARNING)
with warnings.catch_warnings():
    # ArviZ announces what its version 1 will do, and CmdStanPy that there is no CmdStan.
    warnings.simplefilter("ignore")
    import arviz as az
    import cmdstanpy
    import numpy as np

BACK = "rmdq ~ treatment + rmdq_0 | trial | age + sex"
WALK = "walks ~ treatment | trial | age + sex + severity"
SHORT = ["--warmup", "300", "--draws", "400", "--chains", "3"]

# name, data, arguments, whether chains have momenta, whether they are extended
FITS = [
    ("gaussian-hmc", "low-back-pain", [BACK, "--method", "metamob-ri"], True, False),
    ("gaussian-gibbs", "low-back-pain", [BACK, "--sampler", "gibbs"], False, False),
    ("binomial-hmc", "walking-again", [WALK], True, False),
    ("extended-hmc", "walking-again", [WALK, "--draws", "60"], True, True),
    ("subgroups-hmc", "low-back-pain", [BACK, "--heterogeneity", "per-subgroup"], True, False),
    ("pooled-hmc", "low-back-pain", [BACK, "--heterogeneity", "per-subgroup-pooled"], True, False),
    ("extended-gibbs", "low-back-pain", [BACK, "--sampler", "gibbs", "--draws", "60"], False, True),
]

# ArviZ's name of each column of the sampler.
STATISTICS = {
    "lp__": "lp",
    "accept_stat__": "acceptance_rate",
    "stepsize__": "step_size",
    "treedepth__": "tree_depth",
    "n_leapfrog__": "n_steps",
    "divergent__": "diverging",
    "energy__": "energy",
}

failures = []


def expect(condition, what):
    """Notes a failure."""
    if not condition:
        failures.append(what)
        print(f"interop: FAILED: {what}", file=sys.stderr)


def is_close(ours, theirs, relative=1e-6):
    return math.isclose(ours, theirs, rel_tol=relative, abs_tol=1e-12)


def table(path):
    """Names and cells of a draws file, read as plain CSV."""
    with open(path, newline="") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    return rows[0], np.array([[float(cell) for cell in row] for row in rows[1:]])


def adaptation(path):
    """Step size and inverse metric of a draws file, as its comment lines say."""
    lines = Path(path).read_text().splitlines()
    step = next(line for line in lines if line.startswith("# Step size ="))
    place = next(i for i, line in enumerate(lines) if "elements of inverse mass" in line)
    return float(step.split("=")[1]), [float(x) for x in lines[place + 1].lstrip("# ").split(",")]


def fit(binary, examples, folder, entry):
    """Makes a fit folder; returns its run by Bayes and the paths of its draws files."""
    name, data, arguments, _, is_extended = entry
    place = folder / name
    table_path = examples / data / "data.csv"
    call = [binary, "fit", table_path, *SHORT, *arguments, "--out", place, "--quiet"]
    outcome = subprocess.run(
        [*map(str, call), "--allow-unconverged"], stdout=subprocess.DEVNULL, check=False
    )
    expect(outcome.returncode == 0, f"{name}: metamob fit ends with {outcome.returncode}")
    if is_extended:
        call = [binary, "diagnose", place, "--extend", "--quiet"]
        subprocess.run([*map(str, call)], stdout=subprocess.DEVNULL, check=False)
    document = json.loads((place / "fit.json").read_text())
    run = next(run for run in document["runs"] if run["estimator"] == "bayes")["fit"]
    expect(("extensions" in run) == is_extended, f"{name}: extensions")
    return run, [place / file for file in run["draws_files"]]


def check_arviz(name, run, files, tables, has_momenta):
    """Names, shapes, values, and ArviZ's own diagnostics beside those of fit.json."""
    data = az.from_cmdstan(posterior=[str(file) for file in files])
    names = [parameter["name"] for parameter in run["parameters"]]
    expect(set(data.posterior.data_vars) == set(names), f"{name}: ArviZ's names")
    columns = tables[0][0]
    for parameter in run["parameters"]:
        own = parameter["name"]
        values = data.posterior[own].values
        expected = np.stack([cells[:, columns.index(own)] for _, cells in tables])
        expect(values.shape == (run["chains"], run["draws"]), f"{name}: ArviZ's shape of {own}")
        expect(np.array_equal(values, expected), f"{name}: ArviZ's values of {own}")
        if np.ptp(values) == 0:
            continue
        theirs = {
            "rhat": az.rhat(values),
            "ess_bulk": az.ess(values, method="bulk"),
            "ess_tail": az.ess(values, method="tail"),
            "mcse_mean": az.mcse(values, method="mean"),
            "mean": values.mean(),
            "sd": values.std(ddof=1),
            "median": np.median(values),
        }
        for key, value in theirs.items():
            expect(
                is_close(parameter[key], float(value)),
                f"{name}: {key} of {own} is {parameter[key]}, by ArviZ {float(value)}",
            )
    for column, statistic in STATISTICS.items():
        expected = np.stack([cells[:, columns.index(column)] for _, cells in tables])
        expect(statistic in data.sample_stats, f"{name}: ArviZ has no {statistic}")
        values = data.sample_stats[statistic].values
        expect(np.array_equal(values, expected), f"{name}: ArviZ's {statistic}")
    found = int(data.sample_stats["diverging"].values.sum())
    expect(found == run["diagnostics"]["divergences"], f"{name}: divergences by ArviZ")
    if has_momenta:
        # ArviZ averages n - 1 squared differences where rstan, and so fit.json, divides by n.
        draws = run["draws"]
        # Leaves that were sampled side by side have energies of their own, energy_3__ and so on.
        parts = [name for name in columns if name.startswith("energy_") and name != "energy__"]
        if parts:
            energies = np.stack([cells[:, columns.index(part)] for _, cells in tables for part in parts])
            least = float(az.bfmi(energies).min()) * (draws - 1) / draws
        else:
            least = float(az.bfmi(data).min()) * (draws - 1) / draws
        expect(is_close(run["diagnostics"]["min_ebfmi"], least), f"{name}: E-BFMI, {least}")
    else:
        expect(run["diagnostics"]["min_ebfmi"] is None, f"{name}: E-BFMI without momenta")


def check_cmdstanpy(name, run, files, tables):
    """What CmdStanPy says of header and draws."""
    read = cmdstanpy.from_csv([str(file) for file in files], method="sample")
    columns = tables[0][0]
    expect(read.chains == run["chains"], f"{name}: chains by CmdStanPy")
    expect(read.num_draws_sampling == run["draws"], f"{name}: draws by CmdStanPy")
    expect(read.num_draws_warmup == run["warmup"], f"{name}: warm-up by CmdStanPy")
    expect(list(read.column_names) == columns, f"{name}: columns by CmdStanPy")
    expected = np.stack([cells for _, cells in tables], axis=1)
    expect(np.array_equal(read.draws(), expected), f"{name}: values by CmdStanPy")
    expect(int(read.divergences.sum()) == run["diagnostics"]["divergences"], f"{name}: divergences")
    for chain, file in enumerate(files):
        step, metric = adaptation(file)
        expect(read.step_size[chain] == step, f"{name}: step size {chain + 1} by CmdStanPy")
        expect(read.metric_type == "diag_e", f"{name}: kind of metric by CmdStanPy")
        # Before version 1.3 CmdStanPy called it metric.
        inverse = read.inv_metric if hasattr(read, "inv_metric") else read.metric
        found = np.asarray(inverse[chain])
        expect(np.array_equal(found, metric), f"{name}: metric {chain + 1} by CmdStanPy")


def main():
    binary, examples = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    print(f"interop: ArviZ {az.__version__}, CmdStanPy {cmdstanpy.__version__}")
    with tempfile.TemporaryDirectory() as scratch:
        for entry in FITS:
            name = entry[0]
            run, files = fit(binary, examples, Path(scratch), entry)
            tables = [table(file) for file in files]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                check_arviz(name, run, files, tables, has_momenta=entry[3])
                check_cmdstanpy(name, run, files, tables)
            size = f"{run['chains']} chains of {run['draws']} draws"
            print(f"interop: {name}: {len(run['parameters'])} parameters, {size}")
    print(f"interop: {len(failures)} failures" if failures else "interop: everything agrees")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
