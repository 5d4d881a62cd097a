from labeling.datasets.import_command import JudgmentImportCommand


class Command(JudgmentImportCommand):
    help = "Import demonstrations written elsewhere as an accepted batch, and print what was taken."
    what = "demonstrations"
