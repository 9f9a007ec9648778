"""The addresses of the room."""

from django.urls import path

from noroshi.edge.web.assets import exports, grants, inventories, lists, systems, uploads

urlpatterns = [
    path("assets", lists.assets, name="assets"),
    path("assets/of/<organisation:organisation>", lists.assets_of, name="assets-of"),
    path("assets/grants", grants.grants, name="grants"),
    path("assets/new", systems.new_system, name="system-new"),
    path("assets/systems/<system:system>", systems.system, name="system"),
    path("assets/systems/<system:system>/edit", systems.edit_system, name="system-edit"),
    path("assets/systems/<system:system>/retire", systems.retire_system, name="system-retire"),
    path("assets/systems/<system:system>/upload", uploads.upload, name="upload"),
    path("assets/systems/<system:system>/status", systems.status, name="system-status"),
    path("assets/systems/<system:system>/history", systems.history, name="system-history"),
    path("assets/systems/<system:system>/findings.csv", exports.findings_csv, name="findings-csv"),
    path("assets/inventories/<inventory:inventory>", inventories.inventory, name="inventory"),
    path("assets/inventories/<inventory:inventory>/components", inventories.components,
         name="components"),
    path("assets/inventories/<inventory:inventory>/components.csv", exports.components_csv,
         name="components-csv"),
    path("assets/inventories/<inventory:inventory>/changes", inventories.changes, name="changes"),
    path("assets/inventories/<inventory:inventory>/file", inventories.received,
         name="inventory-file"),
]  # fmt: skip
